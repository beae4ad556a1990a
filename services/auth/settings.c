/* What can be set of auth. Not what all daemons have (kit/config.h). */
#include "settings.h"

const Setting AUTH_SETTINGS[] = {
    {"JWT_SECRET", SETTING_TEXT, "", SETTING_LIVE_SECRET, 0, 0,
     "signs access tokens (HS256), at least 32 bytes; needed without JWT_PRIVATE_KEY"},
    {"JWT_PRIVATE_KEY", SETTING_TEXT, "", SETTING_LIVE_SECRET, 0, 0,
     "signs access tokens (ES256) in place of JWT_SECRET: PEM, curve P-256"},
    {"JWT_EXPIRES_IN", SETTING_SECONDS, "1d", false, 1, 30 * 86400, "life of an access token"},
    {"JWT_REFRESH_SECRET", SETTING_TEXT, NULL, SETTING_LIVE_SECRET, 0, 0,
     "keys the hash under which refresh and reset tokens are stored, at least 32 bytes"},
    {"JWT_REFRESH_EXPIRES_IN", SETTING_SECONDS, "7d", false, 1, 365 * 86400,
     "life of a refresh token"},
    {"SESSION_EXPIRES_IN", SETTING_SECONDS, "90d", false, 60, 3650 * 86400,
     "life of a session, however often it is refreshed"},
    {"BOOTSTRAP_ADMIN_PASSWORD", SETTING_TEXT, "", SETTING_SECRET, 0, 0,
     "password of the user admin, created where there is no active Admin"},
    {"PASSWORD_RESET_URL", SETTING_TEXT, "http://localhost:3000/reset-password?token=",
     SETTING_LIVE, 0, 0, "what a mailed token is put behind: the page that takes a new password"},
    {"SMTP_HOST", SETTING_TEXT, "", SETTING_LIVE, 0, 0,
     "mail server; in development MAIL_DIR without one"},
    {"SMTP_PORT", SETTING_INT, "587", SETTING_LIVE, 1, 65535,
     "its port; 465 is TLS from the beginning"},
    {"SMTP_USER", SETTING_TEXT, "", SETTING_LIVE, 0, 0, "its user; with one, TLS is demanded"},
    {"SMTP_PASS", SETTING_TEXT, "", SETTING_LIVE_SECRET, 0, 0, "his password"},
    {"SMTP_FROM", SETTING_TEXT, "sentient@localhost", SETTING_LIVE, 0, 0, "sender of mails"},
    {"MAIL_DIR", SETTING_TEXT, "", false, 0, 0, "folder for mails in development, as .eml files"},
    {0},
};
