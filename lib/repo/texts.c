#include "repo/texts.h"

#include "repo/objects.h"

void texts_init(struct texts *texts, struct repo *repo, size_t max)
{
	*texts = (struct texts){ .repo = repo, .max = max };
	for (size_t i = 0; i < TEXTS_KEPT; i++)
		texts->kept[i].text = (struct strbuf)STRBUF_INIT;
}

int texts_read(struct texts *texts, const struct oid *id, const struct strbuf *keep, const struct strbuf **text)
{
	static const struct strbuf none = STRBUF_INIT;
	struct text_kept *kept;
	struct object object;
	int found;

	*text = &none;
	if (oid_is_zero(id))
		return 0;
	for (size_t i = 0; i < TEXTS_KEPT; i++) {
		*text = &texts->kept[i].text;
		if (oid_equal(&texts->kept[i].id, id))
			return texts->kept[i].missing;
	}
	kept = &texts->kept[texts->next++ % TEXTS_KEPT];
	if (&kept->text == keep)
		kept = &texts->kept[texts->next++ % TEXTS_KEPT];
	*text = &kept->text;
	kept->id = *id;
	strbuf_reset(&kept->text);
	found = repo_read(texts->repo, id, OBJECT_NONE, &object);
	if (found < 0)
		return -1;
	if (!found && object.kind == OBJECT_BLOB && object.size <= texts->max)
		strbuf_add(&kept->text, object.data, object.size);
	kept->missing = found > 0 && texts->repo->partial;
	return kept->missing;
}

void texts_release(struct texts *texts)
{
	for (size_t i = 0; i < TEXTS_KEPT; i++)
		strbuf_release(&texts->kept[i].text);
}
