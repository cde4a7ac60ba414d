/*
 * sheet_guess.c — each cell to the readers of all types that its column may still be; then the
 * choice among them.
 */
#include "data/sheet_guess.h"
#include "data/cell.h"
#include "base/i18n.h"

#include <ctype.h>
#include <string.h>

enum { MANY_TRIED = 20, PROBES = 10, LONG = 200 };
#define CODE_CHARS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_/.#"

/* Distinct texts in the order they came. */
typedef struct Values { uint64_t *slot; const char **text; int n, cap; int64_t all; bool over; } Values;
/* Hashes of all texts, as long as none comes twice. */
typedef struct Once { uint64_t *slot; int64_t n, room; bool twice; } Once;

typedef struct Probe { Field field; GuessFit fit; int64_t speaks; } Probe;
typedef struct Look {
    GuessColumn *out;
    const char *head;         /* its label, folded */
    Probe probe[PROBES];
    Values values, pieces;
    int64_t several;          /* cells with more than one piece */
    Once once;
    int64_t lines, bytes, coded;
    int64_t dated, day_first, month_first;     /* dates with the year last; those that can be but one */
    int decimals;
    const char *sign;
} Look;

/* ---- what speaks for a type, beside that its reader takes the text ---- */

static bool named(const Look *k, const char *const *word, int n)
{
    for (int i = 0; i < n; i++)
        if (strstr(k->head, word[i])) return true;
    return false;
}

static const struct { const char *text, *code; } signs[] = { { "¥", "CNY" }, { "￥", "CNY" },
    { "元", "CNY" }, { "$", "USD" }, { "€", "EUR" }, { "£", "GBP" }, { "₹", "INR" }, { "₩", "KRW" } };

static const char *sign_in(const char *text)
{
    for (int i = 0; i < LEN(signs); i++)
        if (strstr(text, signs[i].text)) return signs[i].code;
    return NULL;
}

static int digits_in(const char *text)
{
    int n = 0;
    for (; *text; text++) n += isdigit((unsigned char)*text) != 0;
    return n;
}

static bool any_text(const Look *k, const char *text) { (void)k; return *text; }
static bool is_word(const Look *k, const char *text) { (void)k; return digits_in(text) == 0; }
static bool has_percent(const Look *k, const char *text) { (void)k; return strchr(text, '%'); }
static bool has_colon(const Look *k, const char *text) { (void)k; return strchr(text, ':'); }

static bool is_amount(const Look *k, const char *text)
{
    static const char *const word[] = { "金额", "价", "费", "款", "预算", "amount", "price", "cost",
        "budget", "revenue", "salary", "fee" };
    return sign_in(text) || named(k, word, LEN(word));
}

static bool is_address(const Look *k, const char *text)
{
    (void)k;
    return strstr(text, "://") || str_starts(text, "www.");
}

/* A mobile of China, or what is written as one writes numbers that are called. */
static bool is_called(const Look *k, const char *text)
{
    static const char *const word[] = { "电话", "手机", "phone", "mobile", "tel" };
    int digits = digits_in(text);

    if (digits < 7 || digits > 15) return false;
    if (named(k, word, LEN(word)) || *text == '+') return true;
    if (digits == 11 && text[0] == '1' && text[1] >= '3' && !text[11]) return true;
    return *text == '0' && digits >= 10 && digits <= 12;
}

/* 007 and numbers of accounts are codes. */
static bool is_quantity(const Look *k, const char *text)
{
    (void)k;
    const char *p = text + strspn(text, "+-");
    return digits_in(text) <= 15 && !(p[0] == '0' && isdigit((unsigned char)p[1]));
}

/* The most special first. least: how many of a hundred cells have to speak for it. */
static const struct Kind {
    const char *type; bool (*speaks)(const Look *k, const char *text); int least;
} kinds[PROBES] = {
    { "boolean", is_word, 100 }, { "percent", has_percent, 50 }, { "money", is_amount, 50 },
    { "date", any_text, 50 }, { "datetime", has_colon, 50 }, { "time", has_colon, 50 },
    { "email", any_text, 50 }, { "url", is_address, 80 }, { "phone", is_called, 80 },
    { "number", is_quantity, 98 },
};

/* ---- gathering ---- */

static void begin(Work *w, Look *k, const Form *form, const char *label)
{
    k->head = utf8_lower(w->cx.a, label);
    for (int i = 0; i < PROBES; i++) {
        const FieldType *type = field_type_find(kinds[i].type);
        k->probe[i] = (Probe){ .field = { .key = "cell", .type = type, .value = type,
            .form = (Form *)form }, .fit.type = type->name };
    }
}

static int decimals_of(const char *text)
{
    const char *point = strchr(text, '.');
    size_t n = point ? strspn(point + 1, "0123456789") : 0;
    return n > 9 ? 9 : (int)n;
}

static void keep_cell(Arena *a, GuessCell *list, int64_t have, int64_t no, const char *text)
{
    if (have < GUESS_FIRST)
        list[have] = (GuessCell){ no, utf8_sub(a, text, 0, LONG) };
}

static bool is_dated(const char *type) { return str_eq(type, "date") || str_eq(type, "datetime"); }

/* scratch: what readers allocate. */
static void try_all(Work *w, Look *k, Cx *scratch, int64_t no, const char *text)
{
    const char *plain = str_fold(scratch->a, text), *rest;
    int first = 0, second = 0, year;
    Val v;

    if (cell_date_parts(text, &first, &second, &year, &rest)) {
        k->dated++;
        k->day_first += first > 12;
        k->month_first += second > 12;
    }

    for (int i = 0; i < PROBES; i++) {
        Probe *p = &k->probe[i];
        GuessFit *fit = &p->fit;
        if (fit->misfits < 0) continue;
        p->field.decimals = decimals_of(plain);
        p->field.currency = k->sign;
        const char *cell = is_dated(kinds[i].type) ? cell_dated(scratch->a, text, second > 12) : text;
        bool blank = !cell_read(scratch, &p->field, cell, w->app->zone, &v) || val_is_blank(v);
        cx_clear(scratch);
        if (!blank) {
            p->speaks += kinds[i].speaks(k, plain);
            continue;
        }
        keep_cell(w->cx.a, fit->cell, fit->misfits++, no, text);
        if (fit->misfits > MANY_TRIED && fit->misfits * 5 > k->out->filled) fit->misfits = -1;
    }
}

static void values_add(Arena *a, Values *v, const char *text)
{
    uint64_t hash = str_hash(text) | 1;

    v->all++;
    if (v->over) return;
    if (!v->slot) v->slot = ARENA_ARRAY(a, uint64_t, GUESS_OPTIONS * 4);
    int i = (int)(hash % (GUESS_OPTIONS * 4));
    for (; v->slot[i]; i = (i + 1) % (GUESS_OPTIONS * 4))
        if (v->slot[i] == hash) return;
    v->over = v->n == GUESS_OPTIONS || strlen(text) > LONG || strpbrk(text, "\r\n");
    if (v->over) return;
    v->slot[i] = hash;
    ARENA_PUSH(a, v->text, v->n, v->cap, arena_dup(a, text));
}

static void once_add(Arena *a, Once *o, const char *text, int64_t rows)
{
    uint64_t hash = str_hash(text) | 1;

    if (o->twice) return;
    if (!o->slot) {
        for (o->room = 64; o->room < rows * 2; o->room *= 2);
        o->slot = ARENA_ARRAY(a, uint64_t, o->room);
    }
    int64_t i = (int64_t)(hash & (uint64_t)(o->room - 1));
    for (; o->slot[i]; i = (i + 1) & (o->room - 1))
        if (o->slot[i] == hash) {
            o->twice = true;
            return;
        }
    o->slot[i] = hash;
}

static void add_pieces(Arena *a, Arena *scratch, Look *k, const char *text)
{
    const char *piece;
    int n = 0;

    for (const char *p = text; (piece = cell_piece(scratch, &p)); n += *piece != 0)
        if (*piece) values_add(a, &k->pieces, piece);
    k->several += n > 1;
}

typedef struct All {
    Work *w; Arena *scratch; const SheetHead *head; Guess *out; Look *look; Form form;
} All;

static void look_at_cell(All *x, int column, int64_t no, const char *text)
{
    Look *k = &x->look[column];
    Arena *a = x->w->cx.a;
    Cx scratch = cx_begin(x->scratch, NULL);
    const char *sign = sign_in(text);
    int decimals = decimals_of(text);

    keep_cell(a, k->out->first, k->out->nfirst, no, text);
    if (k->out->nfirst < GUESS_FIRST) k->out->nfirst++;
    k->out->filled++;
    if (sign && !k->sign) k->sign = sign;
    if (decimals > k->decimals) k->decimals = decimals;
    k->lines += strpbrk(text, "\r\n") != NULL;
    k->bytes += utf8_count(text);
    k->coded += digits_in(text) && strlen(text) <= 40 && !text[strspn(text, CODE_CHARS)];
    try_all(x->w, k, &scratch, no, text);
    values_add(a, &k->values, text);
    add_pieces(a, x->scratch, k, text);
    once_add(a, &k->once, text, x->head->rows < GUESS_ROWS ? x->head->rows : GUESS_ROWS);
}

static bool look_at_row(void *arg, const SheetRow *row)
{
    All *x = arg;

    if (row->no < x->head->data) return true;
    if (x->out->looked == GUESS_ROWS) return false;
    x->out->looked++;
    for (int i = 0; i < row->n && i < x->head->ncolumn; i++)
        if (*row->cell[i]) look_at_cell(x, i, row->no, row->cell[i]);
    arena_reset(x->scratch);
    return true;
}

/* ---- deciding ---- */

static const Probe *best(const Look *k)
{
    int64_t filled = k->out->filled;

    for (int i = 0; filled && i < PROBES; i++) {
        const Probe *p = &k->probe[i];
        if (p->fit.misfits >= 0 && p->fit.misfits * 50 <= filled
            && p->speaks * 100 >= (filled - p->fit.misfits) * kinds[i].least) return p;
    }
    return NULL;
}

/* Few values, each of them often. */
static bool few(const Values *v, int64_t filled)
{
    return !v->over && v->n > 1 && v->n <= 30 && (v->n <= 5 ? v->n * 2 : v->n * 4) <= filled;
}

static bool short_texts(const Values *v, int most)
{
    for (int i = 0; i < v->n; i++)
        if (utf8_count(v->text[i]) > most) return false;
    return true;
}

MUST static bool type_of_text(Work *w, Look *k)
{
    GuessColumn *c = k->out;
    bool several = k->several * 5 >= c->filled && few(&k->pieces, k->pieces.all)
        && short_texts(&k->pieces, 20);
    bool people = false;

    if (c->filled && !k->values.over
        && !cell_all_people(w, k->values.text, k->values.n, &people)) return false;
    c->type = people ? "user" : several ? "choices"
        : few(&k->values, c->filled) && short_texts(&k->values, 40) ? "choice"
        : k->lines || k->bytes > c->filled * 100 ? "longtext" : "text";
    if (people) c->fit[c->nfit++] = (GuessFit){ .type = "user" };
    return true;
}

static void add_fits(Look *k)
{
    GuessColumn *c = k->out;

    c->fit[c->nfit++] = (GuessFit){ .type = "text", .misfits = k->lines };
    c->fit[c->nfit++] = (GuessFit){ .type = "longtext" };
    if (!k->values.over && k->values.n) c->fit[c->nfit++] = (GuessFit){ .type = "choice" };
    if (!k->pieces.over && k->pieces.n) c->fit[c->nfit++] = (GuessFit){ .type = "choices" };
    for (int i = 0; i < PROBES && c->nfit < GUESS_TYPES; i++) c->fit[c->nfit++] = k->probe[i].fit;
}

/* Rows that can be but one decide for those that could be both; without one the app's country does. */
static void date_order(Work *w, Look *k)
{
    GuessColumn *c = k->out;
    bool even = k->month_first == k->day_first;
    bool month = even ? str_eq(w->app->country, "US") : k->month_first > k->day_first;

    if (k->dated) c->order = month ? "month" : "day";
    c->sure = !k->month_first != !k->day_first;
    for (int i = 0; i < PROBES; i++)
        if (is_dated(kinds[i].type) && k->probe[i].fit.misfits >= 0)
            k->probe[i].fit.misfits += month ? k->day_first : k->month_first;
}

/* A number or code that nobody else has. */
static bool is_code(const Look *k)
{
    static const char *const word[] = { "编号", "号码", "单号", "工号", "学号", "代码", "code", "number",
        "sku", "no.", "id" };
    const char *type = k->out->type;

    if (k->once.twice || k->out->filled < 3) return false;
    if (str_eq(type, "text")) return k->coded == k->out->filled;
    return str_eq(type, "number") && named(k, word, LEN(word));
}

MUST static bool decide(Work *w, Look *k, const Guess *all)
{
    GuessColumn *c = k->out;
    bool whole = all->looked == all->rows;
    date_order(w, k);
    const Probe *p = best(k);

    if (p) c->type = p->fit.type;
    else if (!type_of_text(w, k)) return false;
    add_fits(k);
    bool amount = str_eq(c->type, "money");
    c->decimals = k->decimals;
    c->currency = amount && !str_eq(k->sign, w->app->currency) ? k->sign : NULL;
    c->required = whole && c->filled && c->filled == all->rows
        && !str_eq(c->type, "boolean");
    c->unique = whole && is_code(k);
    c->option = k->values.text;
    c->noption = k->values.over ? 0 : k->values.n;
    c->piece = k->pieces.text;
    c->npiece = k->pieces.over ? 0 : k->pieces.n;
    return true;
}

/* What people would call a record by: a column that says so, else the first text. */
static int title_of(const Look *k, const int *at, int n)
{
    static const char *const word[] = { "名称", "姓名", "名字", "标题", "主题", "name", "title",
        "subject" };
    int text = -1;

    for (int i = 0; i < n; i++) {
        const Look *one = &k[at[i]];
        bool is_text = str_eq(one->out->type, "text");
        if (is_text && named(one, word, LEN(word))) return i;
        if (is_text && text < 0) text = i;
    }
    return text < 0 ? 0 : text;
}

bool sheet_guess(Work *w, const Sheet *s, int sheet, int64_t header, Guess *out)
{
    Arena *a = w->cx.a;
    SheetHead head;

    *out = (Guess){ .sheet = sheet };
    if (!sheet_head(&w->cx, s, sheet, header, &head)) return false;
    GuessColumn *column = ARENA_ARRAY(a, GuessColumn, head.ncolumn);
    All x = { .w = w, .scratch = arena_new(), .head = &head, .out = out,
        .look = ARENA_ARRAY(a, Look, head.ncolumn), .form = { .app = w->app } };
    for (int i = 0; i < head.ncolumn; i++) {
        column[i] = (GuessColumn){ .column = i, .label = head.label[i] };
        x.look[i].out = &column[i];
        begin(w, &x.look[i], &x.form, head.label[i]);
    }
    out->header = head.header;
    out->data = head.data;
    out->rows = head.rows;
    bool ok = sheet_each(&w->cx, s, sheet, look_at_row, &x);
    arena_free(x.scratch);
    int *at = ARENA_ARRAY(a, int, head.ncolumn);
    for (int i = 0; ok && i < head.ncolumn; i++) {
        if (!*column[i].label && !column[i].filled) continue;
        ok = decide(w, &x.look[i], out);
        at[out->ncolumn++] = i;
    }
    if (!ok) return false;
    out->title = title_of(x.look, at, out->ncolumn);
    out->column = ARENA_ARRAY(a, GuessColumn, out->ncolumn + 1);
    for (int i = 0; i < out->ncolumn; i++) out->column[i] = column[at[i]];
    return true;
}
