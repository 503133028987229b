/* `homard backup`: one consistent file. */
#include "agent/store/copy.h"
#include "agent/store/priv.h"

bool
journal_backup(struct journal *j, const char *file, struct err *err)
{
	return copy_database(journal_reader(j), file, err);
}
