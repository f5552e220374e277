/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * note.c: info.N, in which savecore(8) writes down what the dump's header
 * said: two-space-indented "Key: value" lines in a fixed order, of which
 * "Version String" goes on over several lines (savecore.c, printheader()).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "private.h"

#define	NOTE_MAX	65536		/* no info.N comes near it */

bool
kvmi_sibling(const char *corefile, const char *stem, unsigned int which,
    char *path, size_t size)
{
	const char *base = strrchr(corefile, '/');
	const char *number, *end;
	int dir, n;

	base = base == NULL ? corefile : base + 1;
	dir = (int)(base - corefile);
	number = strchr(base, '.');
	if (number != NULL && strncmp(number, ".tar.", 5) == 0)
		number += 4;		/* textdump.tar.N */
	if (number != NULL && (strcmp(number, ".zst") == 0 ||
	    strcmp(number, ".gz") == 0))
		number = NULL;
	if (number == NULL && which < 2) {
		n = snprintf(path, size, "%.*s%s%s", dir, corefile, stem,
		    which == 0 ? "" : ".0");
		return (n > 0 && (size_t)n < size);
	}
	if (number == NULL || which > 0)
		return (false);
	end = strchr(number + 1, '.');
	n = snprintf(path, size, "%.*s%s%.*s", dir, corefile, stem,
	    (int)(end == NULL ? (ptrdiff_t)strlen(number) : end - number),
	    number);
	return (n > 0 && (size_t)n < size);
}

/* The text of the file, NUL-terminated and the caller's; NULL when there is
   none to read. */
static char *
slurp(const char *path)
{
	char *text = NULL;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return (NULL);
	text = malloc(NOTE_MAX);
	if (text != NULL) {
		do {
			n = read(fd, text, NOTE_MAX - 1);
		} while (n == -1 && errno == EINTR);
		if (n > 0)
			text[n] = '\0';
		else {
			free(text);
			text = NULL;
		}
	}
	close(fd);
	return (text);
}

/* A line "  Key: value" begins at line: cut the value off at its key. */
static const char *
value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, "  ", 2) != 0 || strncmp(line + 2, key, len) != 0 ||
	    line[2 + len] != ':')
		return (NULL);
	line += 2 + len + 1;
	return (*line == ' ' ? line + 1 : line);
}

static void
parse_line(struct kvmi_note *note, const char *line)
{
	struct {
		const char	 *key;
		const char	**value;
	} keys[] = {
		{ "Architecture", &note->arch },
		{ "Hostname", &note->hostname },
		{ "Version String", &note->version },
		{ "Panic String", &note->panic },
		{ "Dumptime", &note->time },
		{ "Dump Status", &note->status },
		{ "Compression", &note->compression },
	};
	const char *value;
	size_t i;

	for (i = 0; i < nitems_of(keys); i++)
		if ((value = value_of(line, keys[i].key)) != NULL)
			*keys[i].value = value;
	if ((value = value_of(line, "Dump Length")) != NULL)
		note->length = strtoull(value, NULL, 10);
}

/* Does a key that ends the version string begin at line? */
static bool
ends_version(const char *line)
{

	return (value_of(line, "Panic String") != NULL ||
	    value_of(line, "Dump Parity") != NULL ||
	    value_of(line, "Bounds") != NULL);
}

static void
parse(struct kvmi_note *note)
{
	char *line = note->text, *next, *end;
	bool in_version = false;

	for (; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (in_version && !ends_version(line)) {
			if (next != NULL)
				next++;
			continue;
		}
		if (in_version)
			line[-1] = '\0';	/* the newline before this */
		in_version = value_of(line, "Version String") != NULL;
		if (next != NULL && !in_version)
			*next = '\0';
		if (next != NULL)
			next++;
		parse_line(note, line);
	}
	if (*note->version == '\0')
		return;			/* it may not be in the text at all */
	end = note->text + (note->version - note->text) +
	    strlen(note->version);
	while (end > note->version && end[-1] == '\n')
		*--end = '\0';
}

void
kvmi_note_clear(struct kvmi_note *note)
{

	memset(note, 0, sizeof(*note));
	note->arch = note->hostname = note->version = "";
	note->panic = note->time = note->status = note->compression = "";
}

void
kvmi_note_init(struct kvmi_note *note, const char *corefile)
{
	char path[PATH_MAX];
	unsigned int which;

	kvmi_note_clear(note);
	for (which = 0; note->text == NULL &&
	    kvmi_sibling(corefile, "info", which, path, sizeof(path));
	    which++)
		note->text = slurp(path);
	if (note->text != NULL)
		parse(note);
}

/* Append s to the text at *end and say where it went. */
static const char *
keep(char **end, const char *s)
{
	char *at = *end;

	*end = stpcpy(at, s) + 1;
	return (at);
}

/*
 * A time as date(1) has it in UTC.  gmtime_r(3) would read the time zone of
 * this host to no end.  Years begin in March here: the day that some have more
 * is then their last one.
 */
static void
date(uint64_t seconds, char *text, size_t size)
{
	static const unsigned before[] = { 0, 31, 61, 92, 122, 153, 184, 214,
	    245, 275, 306, 337, 366 };
	uint64_t days = seconds / 86400 + 719468, left = days % 146097;
	uint64_t century = left / 36524 < 3 ? left / 36524 : 3, year;
	unsigned day = (unsigned)(seconds % 86400), rest, month = 0;

	left -= century * 36524;
	rest = (unsigned)(left % 1461);
	year = rest / 365 < 3 ? rest / 365 : 3;
	rest -= (unsigned)year * 365;
	while (before[month + 1] <= rest)
		month++;
	year += days / 146097 * 400 + century * 100 + left / 1461 * 4 +
	    (month > 9);
	snprintf(text, size, "%" PRIu64 "-%02u-%02u %02u:%02u:%02u +0000",
	    year, (month + 2) % 12 + 1, rest - before[month] + 1,
	    day / 3600, day / 60 % 60, day % 60);
}

int
kvmi_note_header(kvm_t *kd, struct kvmi_note *note,
    const struct kvmi_header *h)
{
	char when[64], *end, *text;

	date(h->time, when, sizeof(when));
	text = malloc(sizeof(*h) + sizeof(when) + 16);
	if (text == NULL)
		return (kvmi_nomem(kd, "dump header"));
	free(note->text);
	note->text = end = text;
	note->arch = keep(&end, h->arch);
	note->hostname = keep(&end, h->hostname);
	note->version = keep(&end, h->versionstring);
	note->panic = keep(&end, h->panic);
	note->time = keep(&end, when);
	note->compression = "";		/* the dump itself shows it */
	note->status = keep(&end, h->bad ? "bad" :
	    h->cleared ? "cleared" : "good");
	note->length = h->length;
	return (0);
}

void
kvmi_note_deinit(struct kvmi_note *note)
{

	free(note->text);
	note->text = NULL;
}
