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
# Accounts made with addresses of one mailbox: each brings a letter, and a person has one use for them, or two.
REGISTER_MAILBOX = Limit("register-mailbox", attempts=5, window_s=60 * 60)

# Letters: enough for somebody who waits impatiently, too few to fill a stranger's mailbox.
FORGOT_ACCOUNT = Limit("forgot-account", attempts=5, window_s=60 * 60)
FORGOT_ADDRESS = Limit("forgot-address", attempts=30, window_s=60 * 60)
VERIFY_ACCOUNT = Limit("verify-account", attempts=5, window_s=60 * 60)
# Codes to sign in with. Each may be tried five times, so that ten a day give somebody who asks for a stranger's codes all
# year round one chance in fifty; and the mailbox will have told its owner long before.
CODE_ACCOUNT = Limit("code-account", attempts=5, window_s=60 * 60)
CODE_ACCOUNT_DAY = Limit("code-account-day", attempts=10, window_s=24 * 60 * 60)
CODE_ADDRESS = Limit("code-address", attempts=30, window_s=60 * 60)

# A television that shows a code all day asks for six an hour; a shop window full of them fits.
DEVICE_ADDRESS = Limit("device-address", attempts=60, window_s=60 * 60)
# Codes of devices that do not exist. There are 25 thousand million, of which a few hundred are good at a time (RFC 8628 §5.1).
DEVICE_GUESS_ACCOUNT = Limit("device-guess-account", attempts=10, window_s=10 * 60)
DEVICE_GUESS_ADDRESS = Limit("device-guess-address", attempts=50, window_s=10 * 60)

# A name or picture is changed a few times until it fits; more often it is meant to confuse others.
NICKNAME = Limit("nickname", attempts=10, window_s=24 * 60 * 60)
AVATAR = Limit("avatar", attempts=20, window_s=60 * 60)

# Each trade of a refresh token leaves a row, by which a copy of it is told for as long as the session lasts. A client trades four an
# hour; this is an office of hundreds behind one address.
REFRESH_ADDRESS = Limit("refresh-address", attempts=3_000, window_s=60 * 60)
