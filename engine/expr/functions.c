/*
 * functions — all families as one table, found by name or alias in any case.
 *
 * Argument grammar of `args`: types parted by commas; `?` may be left out, `...` may repeat,
 * "a or b" takes either. Types: those of expressions, any, moment (date or datetime), clock
 * (moment or time), unit (week month …). Other words belong to functions that bind themselves.
 */
#include "expr/tree.h"
#include <pthread.h>
#include <string.h>
#include <strings.h>

#define MOST 160

static Func table[MOST];
static Function reference[MOST];
static int ntable, nreference;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void gather(void)
{
    const struct { const Func *f; int n; } family[] = {
        { fn_logic, fn_logic_n }, { fn_text, fn_text_n }, { fn_number, fn_number_n },
        { fn_date, fn_date_n }, { fn_people, fn_people_n }, { fn_record, fn_record_n },
        { fn_ops, fn_ops_n },
    };
    for (int i = 0; i < LEN(family); i++)
        for (int k = 0; k < family[i].n; k++) {
            BUG_IF(ntable >= MOST);
            table[ntable++] = family[i].f[k];
            if (!(family[i].f[k].flags & FN_OP)) reference[nreference++] = family[i].f[k].doc;
        }
}

const Func *func_all(int *n)
{
    pthread_once(&once, gather);
    *n = ntable;
    return table;
}

static bool has_alias(const char *aliases, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = aliases; p && *p; p += strspn(p, " ")) {
        size_t k = strcspn(p, " ");
        if (k == n && !strncasecmp(p, name, n)) return true;
        p += k;
    }
    return false;
}

const Func *func_find(const char *name)
{
    int n;
    const Func *f = func_all(&n);
    for (int i = 0; i < n; i++)
        if (!strcasecmp(f[i].doc.name, name) || has_alias(f[i].doc.alias, name)) return &f[i];
    return NULL;
}

int function_list(const Function **out)
{
    pthread_once(&once, gather);
    *out = reference;
    return nreference;
}

const Function *function_find(const char *name)
{
    const Func *f = func_find(name);
    return f && !(f->flags & FN_OP) ? &f->doc : NULL;
}

static void cell(Str *out, const char *text)
{
    for (; text && *text; text++) {
        if (*text == '|') str_add_char(out, '\\');
        str_add_char(out, *text);
    }
}

void functions_markdown(Str *out)
{
    const Function *f;
    int n = function_list(&f);
    const char *group = "";
    for (int i = 0; i < n; i++) {
        if (!str_eq(group, f[i].group)) {
            group = f[i].group;
            str_printf(out, "%s### %s\n\n| function | also | gives | meaning | example |\n"
                "|---|---|---|---|---|\n", i ? "\n" : "", group);
        }
        str_printf(out, "| `%s(", f[i].name);
        cell(out, f[i].args);
        str_printf(out, ")` | %s | %s | ", f[i].alias ? f[i].alias : "", f[i].result);
        cell(out, f[i].help);
        str_add(out, " | `");
        cell(out, f[i].example);
        str_add(out, *f[i].gives ? "` → `" : "`");
        if (*f[i].gives) {
            cell(out, f[i].gives);
            str_add_char(out, '`');
        }
        str_add(out, " |\n");
    }
}
