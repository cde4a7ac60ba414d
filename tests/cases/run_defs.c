/*
 * run_defs — wrong definitions, each with `# issue: text` on the very line that is wrong.
 *
 * A file of tests/cases/defs is one case: its parts begin with `# == PATH`, what stands before
 * the first is app.yaml's; a folder there is an app as it is. Every issue must be announced on
 * its line (several by ` | `), and every one announced must come. With none the app must load.
 *
 *     run_defs DIR [NAME…]       prints what differs; exits 1 then
 *     run_defs --strict DIR      apps that load, and the findings of the prover, `# finding: text`;
 *                                each finding has a case of its name
 *     run_defs --show DIR        prints the issues of an app folder
 */
#include "base/sys.h"
#include "def/app.h"
#include "def/prove.h"

#include <stdio.h>
#include <string.h>

static bool strict;

typedef struct Case { Cx cx; const char *name; Source source[32]; int n; } Case;

static const char plain_app[] = "app: test\nlanguages: [en, zh]\ntime_zone: Asia/Shanghai\n"
    "country: CN\nroles: {sales: {}, boss: {includes: [sales]}}\n";

/* One language: what has no label is no finding, unless a case is about that. */
static const char strict_app[] = "app: test\nlanguages: [en]\nroles: {sales: {}}\n";

static void add_source(Case *c, const char *path, const char *text, size_t n)
{
    BUG_IF(c->n == LEN(c->source));
    c->source[c->n++] = (Source){ path, arena_dup_n(c->cx.a, text, n), n };
}

/* Parts keep their line numbers by themselves: each begins after its own header. */
static void split_parts(Case *c, const char *text)
{
    const char *path = "app.yaml", *start = text;
    for (const char *p = text; p; p = strchr(p, '\n')) {
        if (*p == '\n') p++;
        if (!str_starts(p, "# == ") && *p) continue;
        if (p > start) add_source(c, path, start, (size_t)(p - start));
        if (!*p) break;
        size_t n = strcspn(p, "\r\n");
        path = arena_dup_n(c->cx.a, p + 5, n - 5);
        start = p + n + (p[n] != 0);
    }
    bool app = false;
    for (int i = 0; i < c->n; i++) app |= str_eq(c->source[i].path, "app.yaml");
    if (!app && strict) add_source(c, "app.yaml", strict_app, sizeof strict_app - 1);
    else if (!app) add_source(c, "app.yaml", plain_app, sizeof plain_app - 1);
}

/* The announced text of a line, or NULL. */
static const char *announced(Arena *a, const Source *s, int line)
{
    const char *p = s->text;
    for (int i = 1; p && i < line; i++) {
        p = strchr(p, '\n');
        if (p) p++;
    }
    if (!p) return NULL;
    const char *row = arena_dup_n(a, p, strcspn(p, "\n")), *sign = strict ? "# finding: " : "# issue: ";
    const char *mark = strstr(row, sign);
    return mark ? mark + strlen(sign) : NULL;
}

static int count_lines(const Source *s)
{
    int n = 1;
    for (const char *p = s->text; (p = strchr(p, '\n')); p++) n++;
    return n;
}

static bool expected(Case *c, const Issue *issue)
{
    for (int i = 0; i < c->n; i++) {
        if (!str_eq(c->source[i].path, issue->at.file)) continue;
        const char *text = announced(c->cx.a, &c->source[i], issue->at.line);
        char **part;
        int n = text ? str_split(c->cx.a, text, '|', &part) : 0;
        for (int k = 0; k < n; k++)
            if (strstr(issue->text, str_trim(c->cx.a, part[k]))) return true;
    }
    return false;
}

static bool came(const Case *c, const char *file, int line, const char *text)
{
    for (int i = 0; i < c->cx.nissue; i++) {
        const Issue *issue = &c->cx.issue[i];
        if (str_eq(issue->at.file, file) && issue->at.line == line && strstr(issue->text, text))
            return true;
    }
    return false;
}

/* The number of differences; *issues counts what was announced. */
static int check(Case *c, int *issues)
{
    int wrong = 0, told = 0;
    App *app = app_load_sources(&c->cx, c->source, c->n, NULL);
    bool loads = app != NULL, named = !strict;
    if (strict && app) prove_app(&c->cx, app);
    for (int i = 0; i < c->cx.nissue && loads; i++) {
        const char *code = c->cx.issue[i].code;
        named |= str_starts(c->name, code) && str_eq(c->name + strlen(code), ".yaml");
    }
    if (!named) printf("%s: no finding of this name\n", c->name);
    wrong += !named;
    for (int i = 0; i < c->cx.nissue; i++) {
        const Issue *issue = &c->cx.issue[i];
        if (expected(c, issue)) continue;
        printf("%s: unexpected %s:%d:%d: [%s] %s\n", c->name,
            issue->at.file ? issue->at.file : "?", issue->at.line, issue->at.col, issue->code,
            issue->text);
        wrong++;
    }
    for (int i = 0; i < c->n; i++) {
        for (int line = 1; line <= count_lines(&c->source[i]); line++) {
            const char *text = announced(c->cx.a, &c->source[i], line);
            char **part;
            int n = text ? str_split(c->cx.a, text, '|', &part) : 0;
            for (int k = 0; k < n; k++, told++) {
                if (came(c, c->source[i].path, line, str_trim(c->cx.a, part[k]))) continue;
                printf("%s: missing %s:%d: %s\n", c->name, c->source[i].path, line,
                    str_trim(c->cx.a, part[k]));
                wrong++;
            }
        }
    }
    if ((strict ? !loads : loads == (told > 0)) && !wrong) {
        printf("%s: %s\n", c->name, app ? "loads, but issues are announced" : "does not load");
        wrong++;
    }
    app_give(app);
    *issues += told;
    return wrong;
}

static bool read_app(Case *c, const char *dir)
{
    static const char *const folder[] = { "", "forms", "workflows", "dashboards" };
    for (int i = 0; i < LEN(folder); i++) {
        const char **name;
        int n;
        const char *path = *folder[i] ? path_join(c->cx.a, dir, folder[i]) : dir;
        if (!dir_list(&c->cx, path, ".yaml", &name, &n)) return false;
        for (int k = 0; k < n; k++) {
            char *text;
            size_t size;
            if (!file_read(&c->cx, path_join(c->cx.a, path, name[k]), 1 << 20, &text, &size))
                return false;
            const char *as = *folder[i] ? path_join(c->cx.a, folder[i], name[k]) : name[k];
            add_source(c, as, text, size);
        }
    }
    return true;
}

static bool read_case(Case *c, const char *dir, const char *name)
{
    char *text;
    size_t n;
    const char *path = path_join(c->cx.a, dir, name);
    if (file_is_dir(path)) return read_app(c, path);
    if (!file_read(&c->cx, path, 1 << 20, &text, &n)) return false;
    split_parts(c, text);
    return true;
}

static int run_one(const char *dir, const char *name, int *issues)
{
    Case c = { .cx = cx_begin(arena_new(), "en"), .name = name };
    int wrong = 1;
    if (read_case(&c, dir, name)) wrong = check(&c, issues);
    else printf("%s: %s\n", name, c.cx.text);
    arena_free(c.cx.a);
    return wrong;
}

static int show(const char *dir)
{
    Cx cx = cx_begin(arena_new(), "en");
    App *app = app_load(&cx, dir);
    for (int i = 0; i < cx.nissue; i++)
        printf("%s:%d:%d: [%s] %s\n%s%s", cx.issue[i].at.file, cx.issue[i].at.line,
            cx.issue[i].at.col, cx.issue[i].code, cx.issue[i].text,
            cx.issue[i].source ? cx.issue[i].source : "", cx.issue[i].source ? "\n" : "");
    printf("%s\n", app ? "loads" : cx.text);
    bool loads = app != NULL;
    app_give(app);
    arena_free(cx.a);
    return !loads;
}

int main(int argc, char **argv)
{
    int wrong = 0, issues = 0, n = 0;
    const char **name = NULL;
    expr_init();
    if (argc == 3 && str_eq(argv[1], "--show")) return show(argv[2]);
    if (argc == 3 && str_eq(argv[1], "--strict")) {
        strict = true;
        argv++;
        argc--;
    }
    if (argc < 2) return 2;
    Cx cx = cx_begin(arena_new(), "en");
    if (argc > 2) {
        name = (const char **)argv + 2;
        n = argc - 2;
    } else if (!dir_list(&cx, argv[1], "", &name, &n)) return 2;
    for (int i = 0; i < n; i++)
        if (*name[i] != '.') wrong += run_one(argv[1], name[i], &issues);
    printf("%d cases, %d announced issues, %d differences\n", n, issues, wrong);
    const Finding *f;
    int nfinding = strict ? finding_list(&f) : 0;
    for (int i = 0; i < nfinding; i++) {
        const char *file = arena_printf(cx.a, "%s.yaml", f[i].code);
        if (str_in(file, name, n)) continue;
        printf("%s: no case has this name\n", file);
        wrong++;
    }
    bool too_few = argc == 2 && !strict && issues < 80;
    if (too_few) printf("fewer than 80 announced issues: were cases lost?\n");
    arena_free(cx.a);
    return wrong || too_few;
}
