/*
 * form — a kind of record: fields, layout, views, permissions, reminders.
 *
 * The fields of a form are its own in file order, after the engine's system fields. A record's
 * values are an array by field->name.index. A subform's rows are described by a child Form.
 */
#ifndef DEF_FORM_H
#define DEF_FORM_H
#include "def/pool.h"
#include "def/role.h"
#include "def/reminder.h"
#include "def/workflow.h"

typedef enum SysField {
    SYS_ID, SYS_VERSION, SYS_CREATED_AT, SYS_CREATED_BY, SYS_UPDATED_AT, SYS_UPDATED_BY,
    SYS_DELETED_AT, SYS_POOL, SYS_POOL_SINCE, SYS_OWNER_SINCE, SYS_WORKFLOW, SYS_WORKFLOW_VERSION, SYS_STAGE, SYS_STAGE_SINCE,
    SYS_STAGE_DUE,             /* blank where nothing is due, and while the time stands still */
    SYS_COUNT
} SysField;
/* Child rows have only these two. */
typedef enum RowField { ROW_ID, ROW_POSITION, ROW_COUNT } RowField;

/* A tab goes on until the next one: the sections that follow stand in it. */
typedef struct Section {
    Label label; bool tab; int columns; Expr *visible;
    Field **field; int nfield;
} Section;

typedef enum ViewType {
    VIEW_TABLE, VIEW_KANBAN, VIEW_CALENDAR, VIEW_GALLERY, VIEW_TYPES
} ViewType;
typedef struct Sort { Field *field; bool down; } Sort;
typedef struct View {
    const char *key; Label label; ViewType type; const Node *at;
    Field **column; int ncolumn;
    Expr *filter;
    Sort *sort; int nsort;
    Field *by, *sum;           /* kanban */
    Field **card; int ncard;   /* kanban, gallery */
    Field *date, *end;         /* calendar: date or datetime; end NULL: a moment */
    Field *color;              /* calendar, gallery: a choice or `stage`, or NULL */
    Field *title;              /* calendar, gallery: in place of the record's title, or NULL */
    Field *image;              /* gallery, or NULL */
    const bool *apart;         /* by grant: its records are surely none of the filter's; or NULL */
    const Pool *pool;          /* the tab of this pool, or NULL */
} View;

typedef struct Check { Expr *that; Label message; Field **field; int nfield; } Check;
typedef enum DupThen { DUP_BLOCK, DUP_WARN } DupThen;
typedef struct Duplicate { Field **match; int nmatch; DupThen then; } Duplicate;
typedef struct Unique { Field **field; int nfield; } Unique;

/* `into` must be recomputed when a record of `form` changes. */
typedef enum DependKind {
    DEPEND_LINK,               /* through link `via` of into's form: lookup, formula a.b */
    DEPEND_ROLLUP              /* into is a rollup over `form` by its link `via` */
} DependKind;
typedef struct Depend {
    DependKind kind;
    Field *into;               /* the computed field elsewhere */
    Field *via;                /* LINK: first link field in into->form leading here; ROLLUP: the
                                  link field of this form that leads to into->form */
    Field *const *path; int npath;   /* LINK through several: links after `via` */
    Field *const *reads; int nreads; /* fields of this form that matter; 0: any */
} Depend;

struct Form {
    Names names;               /* first: what expressions see; names.form points here */
    const App *app;
    const char *key;           /* of a child form: its table, form__field */
    const char *file; const Node *at;
    Label label; const char *icon, *was;       /* was: its former name */
    bool builtin;              /* user, department */
    bool approves;             /* some transition of it waits for approval */
    bool awaited;              /* some transition waits for records of it: see wait.h */
    bool staged;               /* some workflow is of this form: it has the stage columns */
    bool broken;               /* while loading: its file is no YAML, nothing is known of it */
    Form *parent; Field *in;   /* a subform's child form: whose rows, in which field */
    Field **field; int nfield; int nsystem;    /* system fields first */
    Expr *title; Field **title_field; int ntitle_field;
    Field *owner;              /* user field or list of users; NULL: none */
    /* Computed fields of one record, serials too, in order of dependence. Those of its
       subforms' rows stand among them (field->form is the child): compute them for every row. */
    Field **order; int norder;
    Depend *depend; int ndepend;
    Unique *unique; int nunique;
    Check *check; int ncheck;
    Duplicate *duplicate; int nduplicate;
    Section *section; int nsection;
    View *view; int nview;
    Grant *grant; int ngrant;  /* by role */
    Reminder *reminder; int nreminder;
    Pool *pool; int npool;     /* it has the columns of pools then */
    Assign *assign;            /* who gets a new one; NULL: who makes it says so */
    struct Automation *automation; int nautomation;        /* def/automation */
    int automated;             /* the events any active one of them waits for, as bits of OnKind */
    Workflow **workflow; int nworkflow;        /* of this form, by order then name */
};

Field *form_field(const Form *f, const char *key);       /* NULL if absent */
View *form_view(const Form *f, const char *key);         /* NULL: absent; key NULL: the first */
bool form_of_files(const Form *f);                       /* is there a file field, in rows too? */
const char *form_label(const Form *f, const char *lang);

/* Four passes: all forms are loaded, then linked to each other (all types are known then), then
   bound (expressions, views, rights …), then their dependence is ordered. */
Form *form_load(Cx *cx, App *app, const char *file, const Node *n);
/* The rows of a subform field as a form of their own. */
Form *form_load_rows(Cx *cx, Form *parent, Field *in, const Node *fields);
/* A workflow of this form: gives it the stage columns, and its expressions the stages. */
void form_add_workflow(Cx *cx, Form *f, Workflow *w);
/* What stages of an older version mean in expressions, where that differs from today's. */
void form_add_stages(Cx *cx, Form *f, const Workflow *now, const Workflow *older);
bool form_link(Cx *cx, App *app, Form *f);
bool form_bind(Cx *cx, App *app, Form *f);
bool form_order(Cx *cx, App *app);                       /* cycles are issues naming the ring */
/* The field and every computed field, of any form, that reads it directly or through others. */
int field_dependents(Arena *a, const Field *f, const Field *const **out);
#endif
