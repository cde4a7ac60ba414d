/*
 * hooks — what plugins registered: event → functions, schedules, actions.
 *
 * Each Box holds its own functions; the same texts in the same order give the same tables, so
 * what one box says of events, schedules and actions holds for all boxes of a snapshot.
 */
#ifndef RULE_HOOKS_H
#define RULE_HOOKS_H
#include "def/param.h"
#include "rule/box.h"

/* A box with all plugins of the app loaded and frozen. NULL after issues per plugin. */
Box *hooks_open(Cx *cx, const App *app, const BoxLimits *limits,
    void (*open)(struct lua_State *L));

/* Is there any handler? Cheap: one lookup; call it before building arguments. */
bool hooks_has(const Box *box, const char *event);       /* "FORM.before_create" */
/* Runs all handlers of the event in order of registration; stops at the first failure. */
MUST bool hooks_run(Cx *cx, Box *box, const char *event, const BoxCall *call);

/* What on() takes: events of a record (FORM.NAME), of one of its stages or transitions
   (FORM.NAME.STAGE), of no form. `example`: a line of Lua for a handler. */
typedef enum HookOf { HOOK_RECORD, HOOK_STAGE, HOOK_TRANSITION, HOOK_APP } HookOf;
typedef struct HookKind { const char *name; HookOf of; const char *args, *help, *example; } HookKind;
int hook_kinds(const HookKind **out);

/* One on(): for listings, and for messages that name the plugin. */
typedef struct Handler { const char *plugin, *event; int line, ref; } Handler;
int hooks_handlers(const Box *box, const Handler **out);

typedef struct Schedule { const char *plugin, *name, *cron; int ref; Cron when; } Schedule;
int hooks_schedules(const Box *box, const Schedule **out);
const Schedule *hooks_schedule(const Box *box, const char *plugin, const char *name);

/* Declared by action{}. */
typedef struct Action {
    const char *plugin, *name; Label label; const char *form;   /* form: also a button there */
    Param *param; int nparam; int ref, line;
    const char *visible_text; Expr *visible;   /* where its button is offered; NULL: everywhere */
} Action;
int hooks_actions(const Box *box, const Action **out);
const Action *hooks_action(const Box *box, const char *name);
/* Cross-checks the app's steps against the declared actions, and events against forms, stages
   and transitions: unknown names are issues with suggestions. */
bool hooks_check(Cx *cx, const App *app, const Box *box);
/* Adds the findings about what plugins declare: labels that lack a language of the app. */
void hooks_prove(Cx *cx, const App *app, const Box *box);
#endif
