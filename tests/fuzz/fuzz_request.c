/* links: http web */
/*
 * fuzz_request — a head and a body as the wire brings them: path, query, cookies, urlencoded
 * and JSON bodies are read or refused, and what was read is UTF-8 without a NUL.
 *
 *     METHOD TARGET\n Name: value\n …\n \n body
 */
#include "http/request.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const languages[] = { "en", "zh" }, *const proxies[] = { "127.0.0.1" };

/* The next line without its end; the text after it in *rest. */
static char *take_line(char **rest)
{
    char *line = *rest, *end = line + strcspn(line, "\n");
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return line;
}

static void check_text(const char *s)
{
    BUG_IF(s && !utf8_valid(s, strlen(s)));
}

static void check(Arena *a, const Request *q)
{
    for (int i = 0; i < q->narg; i++) {
        check_text(q->arg[i].name);
        check_text(q->arg[i].value);
    }
    for (int i = 0; q->form && i < q->form->n; i++) {
        const Node *item = q->form->item[i];
        check_text(item->key);
        if (item->kind == NODE_TEXT) check_text(item->text);
    }
    request_cookie(a, q, "session");
    BUG_IF(!q->lang);
}

static char *read_head(Arena *a, Request *q, char *text)
{
    char *rest = text, *line = take_line(&rest), *blank = strchr(line, ' ');
    char *target = blank ? blank + 1 : line + strlen(line), *mark = strchr(target, '?');
    if (blank) *blank = '\0';
    if (mark) *mark++ = '\0';
    q->method = line;
    q->query = mark;
    q->path = target;
    q->header = ARENA_ARRAY(a, Pair, 20);
    for (line = take_line(&rest); *line && q->nheader < 20; line = take_line(&rest)) {
        char *colon = strchr(line, ':');
        if (!colon) continue;
        *colon = '\0';
        q->header[q->nheader++] = (Pair){ line, colon + 1 + strspn(colon + 1, " ") };
    }
    return rest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Arena *a = arena_new();
    App app = { .language = (const char **)languages, .nlanguage = 2,
        .proxy = (const char **)proxies, .nproxy = 1 };
    Cx cx = cx_begin(a, "en");
    Request q = { .address = "127.0.0.1" };
    char *text = arena_dup_n(a, (const char *)data, n);
    char *rest = read_head(a, &q, text), *body = NULL;
    size_t size = n - (size_t)(rest - text);
    if (size) {                                      /* not ended by a NUL, as bodies are */
        body = mem_alloc(size);
        memcpy(body, rest, size);
        q.body = body;
        q.nbody = size;
    }
    int64_t version;
    if (request_path(a, &q, q.path)) {
        for (int i = 0; i < q.npart; i++) check_text(q.part[i]);
        bool ok = request_parse(&cx, &q, &app);
        BUG_IF(ok != !cx.err);
        if (ok) check(a, &q);
        cx_clear(&cx);
        request_arg_int(&cx, &q, "limit", 1, 1, 100);
        cx_clear(&cx);
        BUG_IF(request_version(&cx, &q, &version) == (cx.err != E_NONE));
    }
    mem_free(body);
    arena_free(a);
    return 0;
}
