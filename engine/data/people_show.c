/*
 * people_show.c — a field that this person may not read is named without who stands in it; an
 * expression gives names while it gives few.
 */
#include "data/people_show.h"
#include "data/move.h"
#include "data/record_row.h"
#include "base/i18n.h"

enum { FEW = 4 };

static void add(Work *w, Str *s, const char *text)
{
    if (!text || !*text) return;
    if (s->n) str_add(s, i18n_text(w->cx.lang, ", "));
    str_add(s, text);
}

/* NULL: nobody, or too many to name. */
static const char *names(Work *w, const Who *who, const Record *r)
{
    const Form *user = app_form(w->app, "user");
    People one = { .who = (Who *)who, .n = 1 };
    Cx before = w->cx;
    Str s = str_begin(w->cx.a);
    int64_t *id;
    int n;

    if (!user || !people_of(w, &one, r, &id, &n)) {
        w->cx = before;
        return NULL;
    }
    if (!n || n > FEW) return NULL;
    for (int i = 0; i < n; i++) add(w, &s, record_title_of(w, user, id[i]));
    return s.n ? str_show(&s) : NULL;
}

static const char *role_label(Work *w, const Role *role)
{
    return label_show(&role->label, w->cx.lang, role->key);
}

static const char *show_one(Work *w, const Who *who, const Record *r)
{
    if (who->kind == WHO_ROLE) return role_label(w, who->role);
    if (who->kind == WHO_DEPARTMENT) return who->department;
    if (who->kind == WHO_EXPR) {
        const char *found = names(w, who, r);
        return found ? found : expr_text(who->expr);
    }
    const char *label = field_label(who->field, w->cx.lang);
    Right right = perm_field(w, r->form, who->field, r);
    const char *found = right <= RIGHT_READONLY ? names(w, who, r) : NULL;
    return found ? arena_printf(w->cx.a, "%s (%s)", label, found) : label;
}

const char *people_show(Work *w, const People *p, const Record *r)
{
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < p->n; i++) add(w, &s, show_one(w, &p->who[i], r));
    return str_show(&s);
}

const char *people_roles(Work *w, const Form *f, Act act)
{
    const Role *admin = app_role(w->app, "admin");
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < f->ngrant; i++)
        if (f->grant[i].scope[act].kind != SCOPE_NONE && !f->grant[i].pool)
            add(w, &s, role_label(w, f->grant[i].role));
    if (admin) add(w, &s, role_label(w, admin));
    return str_show(&s);
}
