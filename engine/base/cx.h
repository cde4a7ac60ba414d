/*
 * cx — the context that goes first: arena, failure, issues.
 *
 * Two channels. *fail*: stop; the first cause is kept, with the programmer's file:line.
 * *issue*: collect all problems of a definition or an input; cx_check turns them into a
 * failure. Formats are English keys of i18n; the text is made in cx->lang.
 *
 *     if (!ok) return cx_fail(cx, E_DENIED, "no right to create %s", form->name);
 *     cx_issue(cx, at_field("phone"), "required", "is required");
 *     return cx_check(cx);
 */
#ifndef BASE_CX_H
#define BASE_CX_H
#include "base/str.h"

typedef enum Err {            /* http status, code */
    E_NONE,
    E_INPUT,                  /* 422 invalid: a value, a move that does not exist from here */
    E_SYNTAX,                 /* 400 bad_request: not JSON, unknown or repeated parameter */
    E_LOGIN,                  /* 401 login_required */
    E_DENIED,                 /* 403 denied */
    E_MISSING,                /* 404 not_found */
    E_CONFLICT,               /* 409 conflict: restrict, restore that clashes, idempotency */
    E_STALE,                  /* 412 stale: If-Match */
    E_SIZE,                   /* 413 too_large */
    E_LIMIT,                  /* 429 too_many */
    E_BUSY,                   /* 503 busy */
    E_MOVED,                  /* 503 moved: what it was made for is no longer so; asked once more */
    E_DEF,                    /* 422 definition: issues carry file:line:column */
    E_RULE,                   /* 500 rule_failed */
    E_DB,                     /* 500 database */
    E_SYS,                    /* 500 system */
    E_COUNT
} Err;

/* Where an issue stands: in a definition (file, line, column from 1) or on a field. */
typedef struct Place { const char *file; int line, col; const char *field; } Place;
typedef struct Issue {
    Place at;
    const char *code;         /* snake_case, stable: "required", "unknown_key" */
    const char *text;         /* for people, in cx->lang */
    const char *source;       /* the line with a caret below it, or NULL */
} Issue;

typedef struct Cx {
    Arena *a;
    const char *lang;         /* "en", "zh"; NULL = English */
    const char *home;         /* while an app loads: its first language, of what labels show
                                 where another is missing; or NULL */
    Err err;                  /* first failure; E_NONE while all is well */
    const char *text;         /* for people */
    const char *detail;       /* for admins and logs only, may be NULL */
    const char *from;         /* "data/save.c:88" */
    Issue *issue; int nissue, issue_cap;
} Cx;

Cx cx_begin(Arena *a, const char *lang);
void cx_clear(Cx *cx);        /* forget failure and issues; the arena stays */

/* Both return false. Only the first failure is kept. */
#define cx_fail(cx, err, ...) cx_fail_at((cx), (err), __FILE__, __LINE__, __VA_ARGS__)
bool cx_fail_at(Cx *cx, Err err, const char *file, int line, const char *fmt, ...) PRINTF(5, 6);
/* Details of the failure for admins (SQL error, traceback). */
void cx_detail(Cx *cx, const char *fmt, ...) PRINTF(2, 3);

Place at_field(const char *field);
Place at_line(const char *file, int line, int col);
bool cx_issue(Cx *cx, Place at, const char *code, const char *fmt, ...) PRINTF(4, 5);
/* The same with the source line and a caret below column `at.col`. */
bool cx_issue_source(Cx *cx, Place at, const char *source, const char *code,
    const char *fmt, ...) PRINTF(5, 6);
/* True when nothing failed and no issue stands; else E_INPUT (or `err`) is the failure. */
MUST bool cx_check(Cx *cx);
MUST bool cx_check_as(Cx *cx, Err err);
/* Copies failure and issues (texts too) into another context. */
void cx_copy(Cx *to, const Cx *from);

int err_status(Err err);              /* HTTP status */
const char *err_code(Err err);        /* "not_found" */
#endif
