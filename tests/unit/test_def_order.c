/* links: def */
#include "test_support.h"
#include "test_app.h"

static const char deal_text[] =
    "form: deal\n"
    "title: \"{name}\"\n"
    "fields:\n"
    "  number: {type: serial, pattern: \"{label}-{seq:3}\"}\n"
    "  label: {type: formula, of: text, formula: \"name & ' ' & total\"}\n"
    "  net: {type: formula, of: money, formula: \"total - paid\"}\n"
    "  total: {type: formula, of: money, formula: \"sum(items.sum) * (1 - rate / 100)\"}\n"
    "  name: {type: text}\n"
    "  rate: {type: lookup, via: client, field: rate}\n"
    "  client: {type: link, to: client}\n"
    "  region_name: {type: formula, of: text, formula: \"client.region.name\"}\n"
    "  paid: {type: rollup, from: payment, via: deal, do: \"sum(amount)\",\n"
    "    where: \"received\"}\n"
    "  items:\n"
    "    type: subform\n"
    "    fields:\n"
    "      part: {type: link, to: part}\n"
    "      sum: {type: formula, of: money, formula: \"price * amount * factor\"}\n"
    "      amount: {type: number}\n"
    "      price: {type: lookup, via: part, field: price}\n"
    "      factor: {type: formula, of: number, formula: \"if(record.rate > 10, 1, 2)\"}\n";
static const char client_text[] = "form: client\nfields:\n  name: {type: text}\n"
    "  rate: {type: percent}\n  region: {type: link, to: region}\n"
    "  deals: {type: rollup, from: deal, via: client, do: \"count()\"}\n"
    "  worth: {type: rollup, from: deal, via: client, do: \"sum(net)\"}\n";
static const char payment_text[] = "form: payment\nfields:\n  deal: {type: link, to: deal}\n"
    "  amount: {type: money}\n  received: {type: boolean}\n";

static App *app(void)
{
    return app_of("forms/deal.yaml", deal_text, "forms/client.yaml", client_text,
        "forms/payment.yaml", payment_text,
        "forms/region.yaml", "form: region\nfields: {name: {type: text}}\n",
        "forms/part.yaml", "form: part\nfields: {name: {type: text}, price: {type: money}}\n",
        NULL);
}

static int place(const Form *f, const char *form, const char *key)
{
    for (int i = 0; i < f->norder; i++)
        if (str_eq(f->order[i]->form->key, form) && str_eq(f->order[i]->key, key)) return i;
    fail_msg("%s.%s is not in the order", form, key);
    return -1;
}

static const Depend *depend(const Form *f, const char *form, const char *into)
{
    for (int i = 0; i < f->ndepend; i++)
        if (str_eq(f->depend[i].into->key, into)
                && str_eq(f->depend[i].into->form->key, form)) return &f->depend[i];
    fail_msg("%s.%s does not depend on %s", form, into, f->key);
    return NULL;
}

static bool reads(const Depend *d, const char *key)
{
    for (int i = 0; i < d->nreads; i++)
        if (str_eq(d->reads[i]->key, key)) return true;
    return false;
}

static void what_is_read_is_computed_first_rows_before_their_sum(void **state)
{
    (void)state;
    const Form *deal = app_form(app(), "deal");
    assert_int_equal(deal->norder, 10);
    static const char *const pairs[][4] = {
        { "deal", "rate", "deal", "total" }, { "deal", "rate", "deal__items", "factor" },
        { "deal__items", "factor", "deal__items", "sum" },
        { "deal__items", "price", "deal__items", "sum" },
        { "deal__items", "sum", "deal", "total" }, { "deal", "total", "deal", "net" },
        { "deal", "paid", "deal", "net" }, { "deal", "total", "deal", "label" },
        { "deal", "label", "deal", "number" },
    };
    for (int i = 0; i < LEN(pairs); i++)
        assert_true(place(deal, pairs[i][0], pairs[i][1])
            < place(deal, pairs[i][2], pairs[i][3]));
}

static void a_lookup_follows_its_source_and_its_link(void **state)
{
    (void)state;
    const Depend *d = depend(app_form(app(), "client"), "deal", "rate");
    assert_int_equal(d->kind, DEPEND_LINK);
    assert_string_equal(d->via->key, "client");
    assert_int_equal(d->npath, 0);
    assert_int_equal(d->nreads, 1);
    assert_string_equal(d->reads[0]->key, "rate");
}

static void a_path_leaves_an_edge_at_every_form_on_the_way(void **state)
{
    (void)state;
    const Form *client = app_form(app(), "client");
    const Depend *d = depend(client, "deal", "region_name");
    assert_string_equal(d->via->key, "client");
    assert_int_equal(d->npath, 0);
    assert_true(reads(d, "region"));
    d = depend(app_form(test_app, "region"), "deal", "region_name");
    assert_string_equal(d->via->key, "client");
    assert_int_equal(d->npath, 1);
    assert_string_equal(d->path[0]->key, "region");
    assert_true(reads(d, "name"));
}

static void a_rollup_follows_what_it_sums_its_condition_and_its_link(void **state)
{
    (void)state;
    const Depend *d = depend(app_form(app(), "payment"), "deal", "paid");
    assert_int_equal(d->kind, DEPEND_ROLLUP);
    assert_string_equal(d->via->key, "deal");
    assert_true(d->via->form == app_form(test_app, "payment"));
    assert_true(reads(d, "amount"));
    assert_true(reads(d, "received"));
    assert_true(reads(d, "deal"));
    assert_int_equal(d->nreads, 3);
    d = depend(app_form(test_app, "deal"), "client", "deals");
    assert_int_equal(d->nreads, 1);
    assert_true(reads(depend(app_form(test_app, "deal"), "client", "worth"), "net"));
}

static void rows_depend_on_other_forms_by_their_own_links(void **state)
{
    (void)state;
    const Depend *d = depend(app_form(app(), "part"), "deal__items", "price");
    assert_string_equal(d->via->key, "part");
    assert_true(d->via->form->parent == app_form(test_app, "deal"));
    assert_int_equal(app_form(test_app, "deal")->ndepend, 2);
}

static void computed_types_follow_their_sources_through_several_forms(void **state)
{
    (void)state;
    const Form *client = app_form(app(), "client"), *deal = app_form(test_app, "deal");
    assert_int_equal(form_field(client, "worth")->name.type.kind, T_NUMBER);
    assert_int_equal(field_scale(form_field(client, "worth")), 2);
    assert_int_equal(field_scale(form_field(client, "deals")), 0);
    assert_string_equal(form_field(deal, "rate")->value->name, "percent");
    assert_int_equal(form_field(deal, "items")->name.kind, NAME_ROWS);
    assert_string_equal(form_field(deal, "items")->name.table, "deal__items");
}

RUN(TA(what_is_read_is_computed_first_rows_before_their_sum),
    TA(a_lookup_follows_its_source_and_its_link),
    TA(a_path_leaves_an_edge_at_every_form_on_the_way),
    TA(a_rollup_follows_what_it_sums_its_condition_and_its_link),
    TA(rows_depend_on_other_forms_by_their_own_links),
    TA(computed_types_follow_their_sources_through_several_forms))
