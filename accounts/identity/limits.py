"""How often somebody may try to get into an account, or make us write letters."""

from kernel.limits import Limit

# Guessing at one account from one place: a person mistypes a few times, ten is somebody else.
LOGIN_PAIR = Limit("login-pair", attempts=10, window_s=15 * 60)
# Failures from one address over all accounts (credential stuffing); an office behind one address stays far below.
LOGIN_ADDRESS = Limit("login-address", attempts=100, window_s=15 * 60)
# Failures on one account from all over the world. Places its owner signed in from before are exempt, so that an attacker
# who uses this up locks out nobody but themselves (OWASP Authentication Cheat Sheet, "device cookies").
LOGIN_ACCOUNT = Limit("login-account", attempts=100, window_s=60 * 60)
# Accounts made from one address; a class of pupils signing up together fits.
REGISTER_ADDRESS = Limit("register-address", attempts=60, window_s=60 * 60)

# Letters: enough for somebody who waits impatiently, too few to fill a stranger's mailbox.
FORGOT_ACCOUNT = Limit("forgot-account", attempts=5, window_s=60 * 60)
FORGOT_ADDRESS = Limit("forgot-address", attempts=30, window_s=60 * 60)
VERIFY_ACCOUNT = Limit("verify-account", attempts=5, window_s=60 * 60)
