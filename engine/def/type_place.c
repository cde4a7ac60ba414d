/*
 * type_place.c — address and location: fields of several columns, FIELD__PART each.
 *
 * Every part is a field of its own plain type, made here from the table of the type: database,
 * expressions (address.city), forms and the API know parts, not addresses. The value of the
 * whole is the list of its parts' values; it is blank when all of them are.
 */
#include "base/i18n.h"
#include "def/form.h"
#include "def/types.h"

#include <string.h>

#define LONGEST_KEY 45          /* FIELD__postal_code__key must fit the 63 bytes of a column */

static Field *part_new(Cx *cx, Field *whole, const FieldPart *p, int nth)
{
    Field *f = ARENA_NEW(cx->a, Field);
    f->key = arena_printf(cx->a, "%s.%s", whole->key, p->key);
    f->name = (Name){ .key = p->key, .whole = &whole->name, .nth = nth, .quiet = p->quiet,
        .column = arena_printf(cx->a, "%s__%s", whole->key, p->key), .field = whole };
    f->form = whole->form;
    f->at = whole->at;
    f->type = f->value = p->type;
    f->like = f;
    f->whole = whole;
    f->visible.on = true;
    f->search = f->name.folded = whole->search && p->type == &type_text;
    f->decimals = p->decimals;
    if (whole->was) f->was = arena_printf(cx->a, "%s__%s", whole->was, p->key);
    label_pair(cx, &f->label, p->en, p->zh);
    f->has_max = p->most > 0;
    f->has_min = p->type == &type_number && (p->most > 0 || p->quiet);
    f->max = p->type == &type_number ? val_dec(p->most, 0) : val_int(p->most);
    f->min = val_dec(-p->most, 0);
    field_set_type(f);
    return f;
}

void parts_make(Cx *cx, Field *whole)
{
    const FieldPart *p = whole->type->part;
    while (p[whole->npart].key) whole->npart++;
    whole->part = ARENA_ARRAY(cx->a, Field *, whole->npart);
    const Name **name = ARENA_ARRAY(cx->a, const Name *, whole->npart);
    for (int i = 0; i < whole->npart; i++) {
        whole->part[i] = part_new(cx, whole, &p[i], i);
        name[i] = &whole->part[i]->name;
    }
    whole->name.part = name;
    whole->name.npart = whole->npart;
    if (strlen(whole->key) > LONGEST_KEY)
        cx_issue(cx, node_key_place(whole->at), "long_name",
            "the name `%s` is longer than %d bytes", whole->key, LONGEST_KEY);
}

static const char *parts_named(Cx *cx, const Field *f)
{
    Str s = str_begin(cx->a);
    for (int i = 0; i < f->npart; i++)
        str_printf(&s, "%s%s", i ? ", " : "", f->part[i]->name.key);
    return str_show(&s);
}

static bool check_names(Cx *cx, const Field *f, const Node *in)
{
    bool fine = true;
    for (int i = 0; i < in->n; i++) {
        bool known = false;
        for (int k = 0; k < f->npart; k++)
            known |= str_eq(in->item[i]->key, f->part[k]->name.key);
        if (!known)
            fine = cx_issue(cx, at_field(f->key), "unknown_part",
                "`%s` is none of its parts: %s", in->item[i]->key, parts_named(cx, f));
    }
    return fine;
}

/* The object is the whole value: a part that is not in it is blank. */
static bool parts_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    *out = val_blank();
    if (node_blank(in)) return true;
    if (!node_is(in, NODE_MAP))
        return cx_issue(cx, at_field(f->key), "wrong_kind", "an object of %s is expected",
            parts_named(cx, f));
    bool fine = check_names(cx, f, in), any = false;
    Val *item = ARENA_ARRAY(cx->a, Val, f->npart);
    for (int i = 0; i < f->npart; i++) {
        const Field *part = f->part[i];
        const Node *one = node_find(in, part->name.key);
        if (one && !part->type->read(cx, part, one, zone, &item[i])) fine = false;
        any |= !val_is_blank(item[i]);
    }
    if (fine && any) *out = val_list(item, f->npart);
    return fine;
}

static void parts_check(Cx *cx, const Field *f, Val v)
{
    for (int i = 0; i < f->npart; i++) field_check(cx, f->part[i], v.list[i]);
}

static void parts_json(const Field *f, Val v, Json *out)
{
    json_map(out);
    for (int i = 0; i < f->npart; i++) {
        json_name(out, f->part[i]->name.key);
        field_json(f->part[i], v.list[i], out);
    }
    json_map_end(out);
}

/* Filled parts in an order, which ends with -1. */
static void show_line(const Field *f, Val v, const int *order, const char *between, Str *out)
{
    bool any = false;
    for (; *order >= 0; order++) {
        if (f->part[*order]->name.quiet || val_is_blank(v.list[*order])) continue;
        if (any) str_add(out, between);
        str_add(out, field_show(out->a, f->part[*order], v.list[*order], NULL));
        any = true;
    }
}

/* Chinese goes from the large to the small, other languages the other way round. */
static void address_show(const Field *f, Val v, const Show *as, Str *out)
{
    static const int down[] = { 0, 1, 2, 3, 4, 5, -1 }, up[] = { 4, 3, 2, 1, 5, 0, -1 };
    bool zh = as->lang && str_starts(as->lang, "zh");
    show_line(f, v, zh ? down : up, zh ? " " : ", ", out);
}

static void location_show(const Field *f, Val v, const Show *as, Str *out)
{
    static const int order[] = { 2, 0, 1, -1 };
    (void)as;
    show_line(f, v, order, ", ", out);
}

static void location_check(Cx *cx, const Field *f, Val v)
{
    parts_check(cx, f, v);
    for (int i = 0; i < 2; i++)
        if (val_is_blank(v.list[i]))
            cx_issue(cx, at_field(f->part[i]->key), "required", "is required");
}

static const FieldPart address_parts[] = {
    { "country", &type_text, "Country", "国家", 0, 80, false },
    { "region", &type_text, "State or province", "省份", 0, 80, false },
    { "city", &type_text, "City", "城市", 0, 80, false },
    { "district", &type_text, "District", "区县", 0, 80, false },
    { "street", &type_text, "Street and number", "详细地址", 0, 200, false },
    { "postal_code", &type_text, "Postal code", "邮政编码", 0, 20, false },
    { 0 },
};

static const FieldPart location_parts[] = {
    { "lat", &type_number, "Latitude", "纬度", 6, 90, false },
    { "lon", &type_number, "Longitude", "经度", 6, 180, false },
    { "name", &type_text, "Name of the place", "地点名称", 0, 200, false },
    { "accuracy", &type_number, "Accuracy in metres", "精度（米）", 0, 0, true },
    { 0 },
};

const FieldType type_address = {
    .name = "address", .label = "Postal address",
    .help = "a postal address in parts; `address.city` in expressions",
    .store = STORE_PARTS, .type = T_TEXT, .part = address_parts,
    .read = parts_read, .check = parts_check, .show = address_show, .json = parts_json,
    .control = "parts",
};

const FieldType type_location = {
    .name = "location", .label = "Place on a map",
    .help = "a place on earth: latitude and longitude in degrees, "
        "perhaps what it is called and how exact it is",
    .store = STORE_PARTS, .type = T_TEXT, .part = location_parts,
    .read = parts_read, .check = location_check, .show = location_show, .json = parts_json,
};
