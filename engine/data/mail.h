/*
 * mail — the text of an e-mail, and the job that sends it.
 */
#ifndef DATA_MAIL_H
#define DATA_MAIL_H
#include "data/jobs.h"

/* Headers and body as they go over the wire. NULL and E_INPUT when an address or the subject
   would break out of its header. */
char *mail_text(Cx *cx, const char *from, const char *to, const char *subject,
    const char *text, int64_t now);
/* By libcurl. Of the end, which may be NULL, hurry is read, and said and where are told. */
MUST bool mail_send(Cx *cx, const char *smtp, const char *from, const char *to,
    const char *subject, const char *text, JobEnd *end);
bool mail_job(Work *w, const Job *job);       /* {"channel", "to", "subject", "text"} */
#endif
