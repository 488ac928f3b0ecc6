"""Names under which older versions stored subscribers."""

import notify.feature
from kernel.outbox.outbox import Handler
from notify.notifications.adapters import rules
from realtime.feature import RealtimeGateway
from server.adapters import moderation, party, playback, push, watching


def handlers(realtime: RealtimeGateway) -> dict[str, Handler]:
    """What 0.1 stored, module paths of its day → who handles it now.  May go once nobody upgrades from there."""
    sockets = push.SocketsOfUsers(realtime)
    return {
        "server.bridges.episode_got_media": playback.mark_episode_playable,
        "server.bridges.media_of_release_goes": playback.delete_media_of_release,
        "server.bridges.media_of_episode_goes": playback.delete_media_of_episode,
        "server.bridges.streams_end_with_login": watching.end_streams_of_session,
        "server.bridges.uploads_go_with_the_right": playback.delete_uploads_of_user,
        "server.bridges.what_a_user_said_goes": party.delete_chat_of_user,
        "server.bridges.audited": notify.feature.audit_and_enqueue,
        "server.moderation.author_is_gone": moderation.withdraw_proposals_of_user,
        "server.notices.told_to_people": rules.notify,
        "server.bridges.SocketsOfUsers.session_revoked": sockets.session_revoked,
        "server.bridges.SocketsOfUsers.role_changed": sockets.role_changed,
    }
