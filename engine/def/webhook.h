/*
 * webhook — who is told of changes: `webhooks` of app.yaml. Checked in two steps, for its forms are
 * loaded after app.yaml.
 */
#ifndef DEF_WEBHOOK_H
#define DEF_WEBHOOK_H
#include "def/app.h"

typedef enum HookEvent {
    HOOK_CREATED = 1, HOOK_UPDATED = 2, HOOK_DELETED = 4, HOOK_RESTORED = 8, HOOK_MOVED = 16
} HookEvent;
/* Names of the events by bit; the count. */
int webhook_events(const char *const **out);
/* The fields of a form that go out, system fields not among them: those the subscription names, else
   all that no role finds hidden or masked. */
struct Webhook {
    const char *key, *url;
    const char **secret; int nsecret;          /* the newest first */
    int events;                                /* HookEvent bits */
    bool bulk;                                 /* what one write changed goes together */
    struct HookForm { const Form *form; Field **field; int nfield; } *form; int nform;
};
void webhooks_load(Cx *cx, App *app);
const Webhook *app_webhook(const App *app, const char *key);           /* NULL if absent */
/* NULL: it is not told of that form. */
const struct HookForm *webhook_form(const Webhook *hook, const Form *form);
#endif
