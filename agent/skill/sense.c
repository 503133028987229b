#include "agent/skill/sense_file.h"
#include "agent/base/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define CLEARLY 2.5f /* by how much one stretch must be likelier (natural logarithm) */

struct sense {
	void *map;
	size_t size;
	size_t n;
	const struct sense_head *head;
	const int8_t *weights, *span;
};

static bool
is_whole(const struct sense *s)
{
	const struct sense_head *h = s->map;

	if (s->size < sizeof(*h) || memcmp(h->magic, SENSE_MAGIC, sizeof(h->magic)) != 0 ||
		h->n_labels == 0 || h->n_labels > SENSE_LABELS_MAX || h->bits != SENSE_BITS ||
		h->span_bits != SENSE_SPAN_BITS || !isfinite(h->span_scale) ||
		s->size !=
			sizeof(*h) + ((size_t)h->n_labels << SENSE_BITS) +
				(1u << SENSE_SPAN_BITS))
		return false;
	for (size_t i = 0; i < h->n_labels; i++)
		if (!memchr(h->name[i], '\0', SENSE_NAME_MAX) || !isfinite(h->scale[i]) ||
			!isfinite(h->bias[i]))
			return false;
	return true;
}

struct sense *
sense_open(const char *file, struct err *err)
{
	struct sense *s = xcalloc(1, sizeof(*s));
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(err, errno, _("Cannot read %s"), file);
		if (fd >= 0)
			close(fd);
		free(s);
		return NULL;
	}
	s->size = (size_t)st.st_size;
	s->map = s->size ? mmap(NULL, s->size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	close(fd);
	if (s->map == MAP_FAILED || !is_whole(s)) {
		err_set(err, ERR_IO, _("%s is damaged; install Homard again."), file);
		sense_close(s);
		return NULL;
	}
	s->head = s->map;
	s->n = s->head->n_labels;
	s->weights = (const int8_t *)(s->head + 1);
	s->span = s->weights + (s->n << SENSE_BITS);
	return s;
}

void
sense_close(struct sense *s)
{
	if (!s)
		return;
	if (s->map && s->map != MAP_FAILED)
		munmap(s->map, s->size);
	free(s);
}

int
sense_label(const struct sense *s, const char *name)
{
	for (size_t i = 0; s && i < s->n; i++)
		if (str_eq(s->head->name[i], name))
			return (int)i;
	return -1;
}

void
sense_softmax(float *v, size_t n)
{
	float most = v[0], sum = 0;

	for (size_t i = 1; i < n; i++)
		most = MAX_OF(most, v[i]);
	for (size_t i = 0; i < n; i++)
		sum += v[i] = expf(v[i] - most);
	for (size_t i = 0; i < n; i++)
		v[i] /= sum;
}

void
sense_read(const struct sense *s, const struct atoms *a, const struct lexicon *concepts,
	struct sense_view *out)
{
	uint32_t at[SENSE_FEATURES_MAX];
	size_t n = sense_features(a, concepts, at);
	int32_t sum[SENSE_LABELS_MAX] = { 0 };

	for (size_t i = 0; i < n; i++) {
		const int8_t *w = s->weights + (size_t)at[i] * s->n;

		for (size_t k = 0; k < s->n; k++)
			sum[k] += w[k];
	}
	out->n = s->n;
	for (size_t k = 0; k < s->n; k++)
		out->p[k] =
			(float)sum[k] * s->head->scale[k] / sqrtf((float)n) + s->head->bias[k];
	sense_softmax(out->p, s->n);
}

static float
weight_at(const struct sense *s, const struct sense_token *t, size_t n, size_t k, char end,
	int label)
{
	uint32_t f[SENSE_SPAN_FEATURES];
	size_t m = sense_span_features(t, n, k, end, s->head->name[label], f);
	int32_t sum = 0;

	for (size_t i = 0; i < m; i++)
		sum += s->span[f[i]];
	return (float)sum * s->head->span_scale;
}

void
sense_text(const struct sense *s, const struct atoms *a, int label, size_t *i, size_t *j)
{
	struct sense_token t[SENSE_TOKENS_MAX];
	size_t n = sense_tokens(a, t), at = 0, given_i = *i, given_j = *j;
	float inside = 0, begin = 0, best = -1e30f, given = -1e30f, given_begin = 0;

	if (label < 0 || n < 3)
		return;
	/* Through the places, with the best beginning so far: what a beginning is worth does
	 * not depend on the end, once the words before it are taken off. */
	for (size_t k = 0; k + 2 < n; k++) {
		float b = weight_at(s, t, n, k, 'b', label) - inside, all;

		if (k == 0 || b > begin) {
			begin = b;
			at = k;
		}
		if (k == given_i)
			given_begin = b;
		inside += weight_at(s, t, n, k, 'i', label);
		all = inside + weight_at(s, t, n, k + 1, 'e', label);
		if (k + 1 == given_j)
			given = given_begin + all;
		if (begin + all > best) {
			best = begin + all;
			*i = at;
			*j = k + 1;
		}
	}
	if (given_i < given_j && best < given + CLEARLY) {
		*i = given_i;
		*j = given_j;
	}
}
