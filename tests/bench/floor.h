/* floor — what the fixed table's store does for the web side. */
#ifndef FLOOR_H
#define FLOOR_H

#define FIELDS "id,number,name,company,mobile,source,region,stage,owner,next_on,budget"
enum { ONE, LIST, GROUP, READS };
typedef void RowFn(void *ctx, const char *const *cell);

void store_open(const char *where);           /* makes and fills the table; ends the program */
void store_read(int what, long id, RowFn *row, void *ctx);
/* name, company, mobile, source, region, stage, owner, next_on; id 0: a new one. Its id, once it
   is on disk. */
long store_write(const char *const value[8], long id);
#endif
