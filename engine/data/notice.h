/*
 * notice — messages to people: the inbox, and channels besides it (e-mail as a job).
 */
#ifndef DATA_NOTICE_H
#define DATA_NOTICE_H
#include "data/record.h"

typedef struct Notice {
    int64_t to;               /* user */
    const char *text;         /* in the reader's language when it comes from the app */
    const char *form; int64_t record;          /* what it is about; NULL, 0: nothing */
    const char *const *via; int nvia;          /* none: inbox */
    const char *links;        /* what an e-mail says besides; NULL: nothing */
    const char *kind;         /* "reminder" "notify" "rule" */
    int64_t late_s;           /* fired late by so many seconds */
} Notice;
/* Inside a write: row and jobs. By the channels of `via` as the person wants them (ways.h). */
MUST bool notice_send(Work *w, const Notice *n);
/* An e-mail of that text, at once. */
MUST bool notice_mail(Work *w, const Channel *c, const char *email, const char *title,
    const char *text);

typedef struct Message {
    int64_t id, at, read_at, record, late_s; const char *text, *form, *kind;
} Message;
MUST bool notice_list(Work *w, bool unread, int64_t before, int limit, Message **out, int *n);
MUST bool notice_read(Work *w, const int64_t *id, int n);                    /* n = 0: all */
MUST bool notice_unread(Work *w, int64_t *count);
/* Of many users at once: how many are unread, and the newest of them (0: none). */
typedef struct Unread { int64_t user, count, newest; } Unread;
MUST bool notice_unread_of(Work *w, Unread *of, int n);
#endif
