/*
 * request — one HTTP request and its answer, free of any socket.
 *
 * server.c fills a Request after the framing checks (Host, Content-Length, methods, deadlines);
 * bodies are read whole, capped by limits; files go to disk as they come (upload.h). Queries, forms, cookies and JSON are parsed here.
 * The answer goes out in one write.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H
#include "data/engine.h"
#include "base/out.h"

#include <stdio.h>

typedef struct Pair { const char *name, *value; } Pair;
typedef struct Request {
    Engine *engine;
    int route;                                 /* 1 + its place in routes.c; 0: none */
    const char *method, *path, *query;         /* path decoded, UTF-8 checked */
    const char *address;                       /* the client's; as trusted proxies tell it */
    bool https;
    Pair *header; int nheader;
    const char *body; size_t nbody;
    Pair *arg; int narg;                       /* query parameters; repeated ones refused */
    const Node *form;                          /* body: JSON or urlencoded as one map; a key
                                                  given several times is a list; NULL: none */
    const char *session, *token;               /* from the cookie, from Authorization: Bearer */
    const char *segment[8]; int nsegment;      /* values of {…} in the route */
    const char *lang;
    const char *id;                            /* request id for logs */
    const char *nonce;                         /* for style-src */
    const char *part[16]; int npart;           /* the path's segments, decoded */
    const char *live;                          /* a page: the place events go on from; or NULL */
    bool posted;                               /* the body came from an HTML form */
    int *names; uint32_t names_mask;           /* while that is read: places by name */
    bool streams;                              /* the body goes to disk as it comes */
    struct Upload *upload; int nupload;        /* files that came with it: upload.h */
} Request;

/* An answer that goes on: server.c sends what wait gives until it says that it is over. It holds
   no Work. */
typedef struct Live {
    bool (*wait)(void *ctx, int ms, Str *out); /* false: over */
    void (*end)(void *ctx);                    /* always, once */
    void *ctx;
} Live;

typedef struct Response {
    int status; const char *type;              /* "application/json" */
    Str body;
    Pair *header; int nheader, header_cap;     /* values are refused when they hold CR or LF */
    const void *fixed; size_t nfixed;          /* a static body instead (assets) */
    FILE *file;                                /* a body of any size, from its start; closed */
    const char *content;                       /* or the hash of a stored one: file_body.h */
    bool small;                                /* of that the small picture, if there is one */
    struct Content *reading;
    int64_t file_from, file_n;                 /* a part of either; 0 bytes: all */
    const char *csp;                           /* Content-Security-Policy; NULL: by type */
    const char *cache;                         /* Cache-Control; NULL: no-store */
    const char *extra;                         /* more members of a problem: "\"a\":1" */
    bool close;                                /* ends the connection */
    Live live;                                 /* wait NULL: the body is all */
} Response;

const char *request_header(const Request *r, const char *name);      /* any case; NULL */
const char *request_cookie(Arena *a, const Request *r, const char *name);
const char *request_arg(const Request *r, const char *name);
int64_t request_arg_int(Cx *cx, const Request *r, const char *name, int64_t otherwise,
    int64_t min, int64_t max);
/* E_SYNTAX for a parameter that is not in the list (ends with NULL). */
MUST bool request_args_only(Cx *cx, const Request *r, const char *const *known);
/* Splits and decodes the path as it was sent. False: broken escapes, UTF-8 or dot segments. */
MUST bool request_path(Arena *a, Request *r, const char *raw);
/* Splits query, cookies, language; parses the body by its type. E_SYNTAX, E_SIZE. */
MUST bool request_parse(Cx *cx, Request *r, const App *app);
/* Another value of a posted form; several of one name are a list. */
MUST bool request_add_value(Cx *cx, Request *r, const char *name, const char *value);
/* The form of the first segment and the record id of the second. E_MISSING. */
const Form *request_form(Work *w, const Request *q);
MUST bool request_record(Work *w, const Request *q, const Form **f, int64_t *id);
/* The same for paths that name the form `user` themselves: the first segment is the id. */
MUST bool request_user(Work *w, const Request *q, const Form **f, int64_t *id);
/* A segment that is an id. E_MISSING. */
MUST bool request_id(Work *w, const Request *q, int at, int64_t *id);
/* The body as a JSON object. E_SYNTAX without one; unknown keys are issues (`known` ends with
   NULL; NULL: any). */
const Node *request_object(Cx *cx, const Request *q, const char *const *known);
/* The version of If-Match; 0: none or *. E_SYNTAX when it is no ETag of ours. */
MUST bool request_version(Cx *cx, const Request *q, int64_t *version);

Response response_begin(Arena *a);
void response_header(Cx *cx, Response *r, const char *name, const char *value);
void response_redirect(Cx *cx, Response *r, const char *to);         /* 303; local paths only */
void response_cookie(Cx *cx, Response *r, const Request *q, const char *session,
    int64_t max_age);
/* A cookie of a preference: readable by nobody but us, a year. */
void response_remember(Cx *cx, Response *r, const Request *q, const char *name,
    const char *value);
/* application/json into the body, with this status. */
Json response_json(Response *r, int status);
void response_etag(Cx *cx, Response *r, int64_t version);
/* The failure in cx as application/problem+json or, for pages, as a page. */
void response_problem(Work *w, const Request *q, Response *r);
/* The same without a Work: before one is taken, and for the framing checks. */
void response_problem_bare(Response *r, int status, const char *code, const char *text,
    const char *id);
/* Before a Work is taken, for who wants pages a page all the same. */
void response_problem_early(const Request *q, Response *r, int status, Err err,
    const char *code, const char *text);
const char *status_text(int status);
/* Seconds that an idle connection is kept. Each answer says so: a client that does not know may send
   its next request just when the connection ends. */
#define KEEP_ALIVE_TEXT "3"
/* Status line and headers, for a body of n bytes. */
void response_head(const Response *r, Str *head, size_t n);
#endif
