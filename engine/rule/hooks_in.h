/*
 * hooks_in — what hooks and actions share: the tables of one box.
 */
#ifndef RULE_HOOKS_IN_H
#define RULE_HOOKS_IN_H
#include "rule/hooks.h"

#include <lua.h>
#include <lauxlib.h>

typedef struct Event { const char *name; Handler *handler; int n, cap; } Event;

typedef struct Hooks {
    Event *event; int nevent, event_cap;
    int *bucket; int nbucket;                 /* event index + 1 by hash; made when frozen */
    Handler *handler; int nhandler, handler_cap;         /* all, in order */
    Schedule *schedule; int nschedule, schedule_cap;
    Action *action; int naction, action_cap;
} Hooks;

Hooks *hooks_of(const Box *box);
/* The registering plugin; raises outside of loading. */
const char *hooks_plugin(lua_State *L, const char *call);
/* Line of the caller. */
int hooks_line(lua_State *L);
/* A checked text argument, copied for the box's life. */
const char *hooks_text(lua_State *L, int at);
int hooks_function(lua_State *L, int at);     /* keeps the function: its ref */
int action_call(lua_State *L);                /* action{…} */
/* `visible` of the actions, bound to their forms, in the box's arena; issues at action{}. */
MUST bool actions_bind(Cx *cx, const App *app, Box *box);
#endif
