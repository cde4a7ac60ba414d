/* The functions of the language for PostgreSQL, embedded; a NUL follows each. */
    .section .rodata
    .global expr_pgx_number, expr_pgx_text, expr_pgx_time, expr_pgx_work
expr_pgx_number:
    .incbin "expr/pgx_number.sql"
    .byte 0
expr_pgx_text:
    .incbin "expr/pgx_text.sql"
    .byte 0
expr_pgx_time:
    .incbin "expr/pgx_time.sql"
    .byte 0
expr_pgx_work:
    .incbin "expr/pgx_work.sql"
    .byte 0
    .section .note.GNU-stack,"",%progbits
