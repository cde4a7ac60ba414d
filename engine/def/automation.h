/*
 * automation — steps that run when something happens to a record of the form, or at a time.
 *
 * One that asks for several events runs once for a write, whichever of them come about.
 */
#ifndef DEF_AUTOMATION_H
#define DEF_AUTOMATION_H
#include "def/action.h"
#include "def/param.h"
#include "base/when.h"

typedef enum OnKind {
    ON_CREATED = 1, ON_UPDATED = 2, ON_DELETED = 4, ON_RESTORED = 8, ON_ENTERED = 16, ON_LEFT = 32,
    ON_AT = 64, ON_SCHEDULE = 128, ON_BUTTON = 256, ON_WEBHOOK = 512
} OnKind;
typedef struct On {
    OnKind kind;
    Field **field; int nfield;                 /* updated: one of these; none: any */
    const char *stage;         /* entered, left */
    Expr *at;                  /* at: a date or time of the record */
    const char *cron_text; Cron cron;          /* schedule */
    const char *button;
} On;
struct Automation {
    const char *key; Label label; const Node *at; Form *form;
    On *on; int non; int kinds;                /* kinds: those of `on`, as bits */
    Expr *if_;                 /* schedule: on each record that matches; NULL: once, on none */
    Param *given; int ngiven;                  /* button: what is asked first; webhook: what is sent */
    const char **secret; int nsecret;          /* webhook: texts with ${env:NAME} */
    Step *step; int nstep;
    People by;                 /* button: who may press it; none: who may change the record */
    bool active, as_person, after_commit;
};

bool automations_load(Cx *cx, App *app, Form *f, const Node *n);
struct Automation *form_automation(const Form *f, const char *key);       /* NULL if absent */
/* The first event of that kind, or NULL. */
const On *automation_on(const struct Automation *a, OnKind kind);
#endif
