/* What a password must be. Pure; not the hashing of passwords (kit/password.h). */
#ifndef SF_AUTH_PASSWORD_RULES_H
#define SF_AUTH_PASSWORD_RULES_H

/* What is wrong with a new password, as the sentence for `details`; NULL: nothing. At least 8
 * characters (not bytes), and not the username whatever its case. */
const char *password_fault(const char *password, const char *username);

#endif
