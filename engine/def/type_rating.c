/*
 * type_rating.c — so many stars of so many: a whole number from 1 to `max`.
 */
#include "base/decimal.h"
#include "def/types.h"

enum { STARS = 5, MOST_STARS = 10 };

static bool rating_load(Cx *cx, Field *f, const Node *n)
{
    int64_t max = STARS;
    if (node_read_int(cx, n, "max", &max) && (max < 2 || max > MOST_STARS)) {
        cx_issue(cx, node_place(node_find(n, "max")), "out_of_range",
            "`max` of a rating is 2 to %d", MOST_STARS);
        max = STARS;
    }
    f->has_min = f->has_max = true;
    f->min = val_dec(1, 0);
    f->max = val_dec(max, 0);
    return true;
}

/* Half a star is no star: what is not whole is refused, not rounded. */
static bool rating_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    int64_t fine;
    const char *text = in && in->kind != NODE_BOOL ? node_text(in) : NULL;
    if (!number_read(cx, f, in, zone, out)) return false;
    if (val_is_blank(*out)) return true;
    if (text && decimal_parse(text, 3, &fine) && fine != out->i * 1000)
        return cx_issue(cx, at_field(f->key), "not_whole", "must be a whole number");
    return true;
}

static void rating_show(const Field *f, Val v, const Show *as, Str *out)
{
    (void)as;
    str_printf(out, "%lld/%lld", (long long)v.i, (long long)f->max.i);
}

static const FieldAttr rating_attrs[] = {
    { "max", ATTR_INT, "how many stars there are: 2 to 10, 5 if not said", "max: 5",
      .least = 2, .most = 10, .flags = ATTR_NUMBERED, .label = "Number of stars" },
    { 0 },
};

const FieldType type_rating = {
    .name = "rating", .label = "Rating",
    .help = "a number of stars", .store = STORE_NUMBER, .type = T_NUMBER,
    .attr = rating_attrs, .load = rating_load, .read = rating_read, .check = number_check,
    .show = rating_show, .json = number_json,
};
