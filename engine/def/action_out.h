/*
 * action_out — steps that leave the machine, after the commit: `webhook` and `email`. Nothing waits for
 * their answers.
 */
#ifndef DEF_ACTION_OUT_H
#define DEF_ACTION_OUT_H
#include "def/action.h"

/* A value of a call: computed, or a map or list of such, or a text that names the environment and is
   filled in when the call is made. */
typedef struct OutValue OutValue;
struct OutValue {
    const char *key;          /* in a map */
    NodeKind kind;            /* MAP and LIST: of `item`; TEXT: `env` or `value`; NULL: nothing */
    OutValue *item; int n;
    Expr *value;
    const char *env;
};
typedef struct OutCall { OutValue url, headers, body, secret; bool bodied; const char *method; } OutCall;
typedef struct OutMail {
    Label subject, text;
    Expr **subjects, **texts; int nsubject, ntext;     /* by language */
    OutValue address; bool to_address;         /* or the step's `people` */
    const char *via;                           /* a channel; NULL: the first for mail */
} OutMail;

bool step_load_webhook(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_email(Cx *cx, App *app, Form *form, const Node *n, Step *s);
extern const Attr step_webhook_attrs[], step_email_attrs[];
#endif
