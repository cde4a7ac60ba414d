/*
 * people_check.c — walks up from the new superior; whoever comes back to the record closes a
 * ring, in which `subtree` and escalations would go round.
 */
#include "data/people_check.h"
#include "data/record_row.h"
#include "base/zone.h"

MUST static bool leads_to(Work *w, const Field *up, int64_t from, int64_t id, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v;

    sql_add(&q, "WITH RECURSIVE way(id) AS (SELECT ");
    sql_bind(&q, val_int(from));
    sql_add(&q, " UNION SELECT t.");
    sql_name(&q, up->name.column);
    sql_add(&q, " FROM way JOIN ");
    sql_name(&q, up->form->names.table);
    sql_add(&q, " t ON t.\"id\" = way.id) SELECT 1 FROM way WHERE id = ");
    sql_bind(&q, val_int(id));
    return db_one(&w->cx, w->db, &q, &v, 1, found);
}

bool people_check(Work *w, const Record *r, const Record *old)
{
    if (!r->form->builtin) return true;
    const Field *zone = form_field(r->form, "time_zone");
    const Field *up = form_field(r->form, zone ? "manager" : "parent");
    Val name = zone ? record_get(r, zone) : val_blank(), above = record_get(r, up);
    bool ring = false;
    if (name.kind == VAL_TEXT && !zone_find(name.t))
        cx_issue(&w->cx, at_field(zone->key), "unknown_zone",
            "unknown time zone `%s`; they look like Asia/Shanghai", name.t);
    if (!old || above.kind != VAL_REC || !record_differs(r, old, up)) return true;
    if (!leads_to(w, up, above.i, record_id(r), &ring)) return false;
    if (ring) cx_issue(&w->cx, at_field(up->key), "ring", "leads back to this record");
    return true;
}
