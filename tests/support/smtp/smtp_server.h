/* A mail server that keeps what it is given: enough of RFC 5321 for one client at a time. For
 * tests. */
#ifndef SF_TESTS_SMTP_SERVER_H
#define SF_TESTS_SMTP_SERVER_H

typedef struct SmtpServer SmtpServer;

/* On 127.0.0.1; port 0 takes an unused one. NULL where the port is taken. */
SmtpServer *smtp_server_start(int port);
void smtp_server_stop(SmtpServer *server);
int smtp_server_port(const SmtpServer *server);

/* The next `count` mails are refused for now (451), when all of them has come. */
void smtp_server_refuse(SmtpServer *server, int count);
int smtp_server_refused(SmtpServer *server);
/* Mails that were taken so far, and what they said: "MAIL FROM:<…>\n", "RCPT TO:<…>\n", then the
 * text. NULL where there is none. */
int smtp_server_count(SmtpServer *server);
const char *smtp_server_mail(SmtpServer *server, int index);

#endif
