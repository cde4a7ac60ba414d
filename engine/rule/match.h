/*
 * match — Lua patterns with a bound on the work: compiled once per call, matched by
 * backtracking that counts its steps against the budget of the rule.
 *
 * All memory is one Lua userdata, so that an error raised in the middle leaks nothing.
 */
#ifndef RULE_MATCH_H
#define RULE_MATCH_H
#include "rule/box_in.h"

#define MATCH_CAPTURES 32

typedef struct Capture { const char *from; ptrdiff_t n; } Capture;   /* n: see match.c */
typedef struct Item Item;
typedef struct Match {
    lua_State *L;
    const char *text, *end;   /* the subject */
    bool anchored;            /* began with ^, where that means the start */
    int nitem, ncapture;      /* captures of the present match */
    int64_t steps;
    Capture capture[MATCH_CAPTURES];
    Item *item;
} Match;

/* Pushes the userdata. Raises "malformed pattern …". */
Match *match_push(lua_State *L, const char *pattern, size_t n, bool anchors);
/* End of a match that begins at `at`, or NULL. Raises when the budget is spent. */
const char *match_run(Match *p, const char *at);
/* Pushes capture i; the whole match when there are none and i is 0. */
void match_capture_push(Match *p, int i, const char *from, const char *to);
/* Pushes all captures, or the whole match without any (from not NULL). Returns how many. */
int match_captures(Match *p, const char *from, const char *to);
/* Is it a plain text without special characters? */
bool match_plain(const char *pattern, size_t n);
#endif
