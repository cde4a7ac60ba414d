/*
 * year — a year of a company of fifty by the test clock, on the app in tests/apps/company.
 *
 * Two worlds get the same happenings of a seeded generator: the engine, by the calls that API and
 * scenarios use, and a model in plain C that never looks into the engine's tables. Each tells what
 * it did as lines; day by day they are compared (year_lines.c). The model has its own calendar, its
 * own queue of due moments, its own turns, caps, pools and requests, after docs/definitions.md.
 */
#ifndef YEAR_H
#define YEAR_H
#include "../unit/test_support.h"

#include "data/auth.h"
#include "data/engine.h"
#include "data/save.h"
#include "data/task.h"
#include "data/tick.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400, NEVER = -1, NOBODY = -1 };

/* ---- time (year_time.c): Shanghai, eight hours, the office's year ---- */
int64_t day_at(int64_t at);                   /* days since 1970 there */
int64_t at_of(int64_t day, int64_t second);   /* of that day there */
int64_t ymd(int year, int month, int day);
void ymd_of(int64_t day, int *year, int *month, int *date);
int weekday(int64_t day);                     /* 1 Monday … 7 Sunday */
bool works(int64_t day);
bool open_at(int64_t at);                     /* is it in the office's hours? */
int64_t work_between(int64_t from, int64_t to);
int64_t add_work(int64_t at, int64_t seconds);
int64_t add_workdays(int64_t at, int n);      /* at the same time of day */
int64_t next_work(int64_t at);

/* ---- the generator's dice ---- */
void seed_with(uint64_t seed);
int dice(int n);                              /* 0 … n - 1 */
bool chance(int percent);

/* ---- people (year_people.c) ---- */
enum { PEOPLE = 50, DIRECTOR = 0, HEAD = 1, LEADERS = 2, SELLERS = 5, SELLERS_END = 21,
    DESK_HEAD = 21, DESK_LEADERS = 22, AGENTS = 24, NIGHT = 34, AGENTS_END = 36,
    FINANCE = 36, FINANCE_END = 44 };
typedef struct Human {
    int64_t id, away_from, away_until, stand_from, stand_until;
    int manager, stand_in;                    /* NOBODY: none */
    char name[8];
} Human;
extern Human human[PEOPLE];
void people_begin(void);
void people_leave(int p, int64_t from, int64_t until, int stand_in);
bool away(int p, int64_t at);
int stands_in(int p, int64_t at);             /* who decides for p now, or NOBODY */
int person_of(int64_t id);

/* ---- the engine (year_world.c) ---- */
extern Work *w;
extern int64_t now;                           /* of both worlds */
void world_open(int64_t at);
void world_close(void);                       /* the database stays */
void world_end(void);
void world_until(int64_t at);                 /* time goes on, each due moment at its own */
void world_wake(int64_t at);                  /* it was down until then: all that was missed, now */
void as(int p);                               /* who acts; NOBODY: the app */
int64_t make(const char *form, const char *json);         /* the record's id */
/* False when it was refused: the caller says by which refusal, or that it is fine. */
bool change(const char *form, int64_t id, const char *move, const char *json);
bool claim_lead(int64_t id);
bool release_lead(int64_t id);
bool decide(const char *what, int64_t task, int to);
bool withdraw_deal(int64_t id);
void refused(const char *why);                /* it was so, in these words, or the test fails */
void fine(bool ok, const char *what);
/* Rows of a query, each value as text. */
typedef void (*Row)(const char *const *value, void *arg);
void rows_of(const char *sql, int columns, Row row, void *arg);
int64_t number_of(const char *sql);
const char *say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- what happened (year_lines.c) ---- */
enum { MESSAGES, STAGES, HANDS, TRACES, KINDS };
/* The model expects it: now, because of what was due at `due` (0: nothing, somebody did it). */
void expect(int kind, int64_t due, const char *format, ...) __attribute__((format(printf, 3, 4)));
void expect_message(int to, int64_t due, const char *text);
void expect_task(int to, const char *text);   /* and who stands in */
/* Since the last time the engine did exactly that, in order. */
void compare(void);
typedef struct Counts { int64_t lines[KINDS], late, timers; } Counts;
extern Counts counts;

/* ---- due moments of the model (year_queue.c) ---- */
enum { LEAD_DUE, LEAD_RETURN, LEAD_COLD, DEAL_DUE, DEAL_COOL, DEAL_ASKED, TICKET_DUE, TICKET_CLOSE,
    CONTRACT_30, CONTRACT_7, CONTRACT_1, CONTRACT_END, BIRTHDAY, STALE, WEEK, MONTHLY, DAILY,
    SLOTS };
void due_set(int slot, int thing, int64_t due);           /* moves it; NEVER: none any more */
int64_t due_of(int slot, int thing);
void model_until(int64_t at);                 /* each at its own time */
void model_wake(int64_t at);                  /* all of them at `at`, in order */
extern int64_t firing;                        /* the one that is, and 0 */
void model_fire(int slot, int thing, int64_t due);

/* ---- what the company does (leads.c, deals.c, desk.c) ---- */
void leads_fire(int slot, int thing, int64_t due);
void lead_new(void);
void lead_do(void);                           /* something with some lead */
void lead_claim(void);
void deals_fire(int slot, int thing, int64_t due);
void deal_new(void);
void deal_do(void);
void deal_decide(void);                       /* somebody looks at what they are asked */
void contract_extend(void);
void desk_fire(int slot, int thing, int64_t due);
void desk_begin(void);
void ticket_new(void);
void ticket_do(void);
/* At the end both worlds have the same records in the same stages with the same people. */
void leads_end(void);
void deals_end(void);
void desk_end(void);
int64_t record_count(void);
#endif
