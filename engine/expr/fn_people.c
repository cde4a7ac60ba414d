/*
 * fn_people — functions about who asks, about other people, this record and other forms.
 * Eval and SQL know them by name: what they need is no value. Here stands their reference.
 */
#include "expr/tree.h"

#define ME(name, args, result, ex, gives, help) \
    { { name, NULL, "people", args, result, ex, gives, help }, NULL, bind_person, FN_ME }
#define OF(name, args, result, ex, help) \
    { { name, NULL, "people", args, result, ex, "", help }, NULL, bind_field_of, 0 }
const Func fn_people[] = {
    ME("me", "", "record", "me()", "7", "The acting user; blank in timers"),
    ME("has_role", "text", "boolean", "has_role('admin')", "false",
        "Has the acting user this role, or one that includes it?"),
    ME("my_department", "", "record", "my_department()", "3", "The acting user's department"),
    ME("my_departments", "subtree?", "list of record", "my_departments(subtree)", "3, 4",
        "The acting user's department; with subtree also those below"),
    ME("my_people", "", "list of record", "my_people()", "7, 8",
        "The users of the acting user's department and those below, and of the reporting line"),
    OF("manager_of", "user", "record", "manager_of(me())", "The user's manager"),
    OF("head_of", "department", "record", "head_of(my_department())", "The department's head"),
    OF("department_of", "user", "record", "department_of(me())", "The user's department"),
    { { "role", NULL, "people", "text", "list of record", "role('admin')", "",
        "The active users that have the role" }, NULL, bind_person, FN_OTHER },
    { { "user", NULL, "people", "text", "record", "user('ann')", "",
        "The user with this login" }, NULL, bind_person, FN_OTHER },
};
const int fn_people_n = LEN(fn_people);

static Val run_link_count(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    if (val_is_blank(x[0])) return val_int(0);
    return val_int(x[0].kind == VAL_LIST ? x[0].n : 1);
}

#define RECORD(name, args, result, ex, gives, help, run, bind) \
    { { name, NULL, "record", args, result, ex, gives, help }, run, bind, 0 }
#define OTHER(name, args, result, ex, help) \
    { { name, NULL, "other", args, result, ex, "", help }, NULL, bind_other, FN_OTHER }
const Func fn_record[] = {
    RECORD("changed", "field", "boolean", "changed(name)", "true",
        "Has this write changed the field?", NULL, bind_changed),
    RECORD("old", "field", "any", "old(name)", "", "The field before this write", NULL,
        bind_changed),
    RECORD("title", "record", "text", "title(me())", "", "How the record is called", NULL,
        bind_title),
    RECORD("link_count", "list or record", "number", "link_count(blank)", "0",
        "How many records are linked", run_link_count, NULL),
    OTHER("count_of", "form, condition?", "number", "count_of(user, active)",
        "How many records of a form meet the condition"),
    OTHER("sum_of", "form, value, condition?", "number", "sum_of(user, 1, active)",
        "The sum over records of a form"),
    OTHER("exists", "form, condition?", "boolean", "exists(user, login = 'ann')",
        "Is there such a record?"),
    OTHER("lookup", "form, value, condition", "any", "lookup(user, name, login = 'ann')",
        "The value in the first such record"),
};
const int fn_record_n = LEN(fn_record);
