/* links: def */
/* view, layout: what a definition's views and parts become. */
#include "test_support.h"
#include "test_app.h"
#include "def/view.h"

static const char job_text[] =
    "form: job\n"
    "fields:\n"
    "  name: {type: text}\n"
    "  kind: {type: choice, options: [a, b]}\n"
    "  cost: {type: money}\n"
    "  note: {type: longtext}\n"
    "  due: {type: date}\n"
    "  ends: {type: formula, of: date, formula: \"due + 3\"}\n"
    "  proof: {type: text}\n"
    "  rest: {type: text}\n"
    "layout:\n"
    "  - {section: Head, fields: [name]}\n"
    "  - {tab: One, visible: \"kind = 'a'\", fields: [cost]}\n"
    "  - {section: In, visible: \"cost > 3\", fields: [note]}\n"
    "  - {section: Plain, columns: 3, fields: [proof]}\n"
    "  - {tab: Two}\n"
    "  - {section: Last, fields: [due, kind]}\n"
    "views:\n"
    "  list: {sort: [-due, name]}\n"
    "  days: {type: calendar, date: due, end: ends, color: kind, title: name}\n"
    "  cards: {type: gallery, card: [cost], filter: \"cost > 0\"}\n"
    "  board: {type: kanban, by: kind, sum: cost}\n";

static const Form *job(void)
{
    return app_form(app_of("forms/job.yaml", job_text, NULL), "job");
}

static void each_type_of_view_has_its_keys(void **st)
{
    (void)st;
    const Form *f = job();
    const View *days = form_view(f, "days"), *cards = form_view(f, "cards");
    const View *list = form_view(f, NULL), *board = form_view(f, "board");
    assert_int_equal(list->type, VIEW_TABLE);
    assert_int_equal(list->nsort, 2);
    assert_true(list->sort[0].down && !list->sort[1].down);
    assert_int_equal(days->type, VIEW_CALENDAR);
    assert_ptr_equal(days->date, form_field(f, "due"));
    assert_ptr_equal(days->end, form_field(f, "ends"));
    assert_ptr_equal(days->color, form_field(f, "kind"));
    assert_ptr_equal(days->title, form_field(f, "name"));
    assert_int_equal(cards->type, VIEW_GALLERY);
    assert_int_equal(cards->ncard, 1);
    assert_non_null(cards->filter);
    assert_null(cards->image);
    assert_int_equal(board->ncard, 3);
    assert_ptr_equal(board->sum, form_field(f, "cost"));
}

static void a_section_is_seen_where_its_tab_is(void **st)
{
    (void)st;
    const Form *f = job();
    assert_int_equal(f->nsection, 6);
    assert_string_equal(expr_text(f->section[2].visible), "(kind = 'a') and (cost > 3)");
    assert_ptr_equal(f->section[3].visible, f->section[1].visible);
    assert_null(f->section[0].visible);
    assert_null(f->section[5].visible);
    assert_true(f->section[4].tab && !f->section[4].nfield);
    assert_int_equal(f->section[3].columns, 3);
}

static void a_field_knows_the_part_it_stands_in(void **st)
{
    (void)st;
    const Form *f = job();
    assert_ptr_equal(form_field(f, "note")->section, &f->section[2]);
    assert_null(form_field(f, "rest")->section);
}

RUN(TA(each_type_of_view_has_its_keys),
    TA(a_section_is_seen_where_its_tab_is),
    TA(a_field_knows_the_part_it_stands_in))
