/* Parses a file with libpg_query alone, as often as is said, and prints the median of the seconds of processor time: what `plumbline
   schema` is measured against. */
#include <pg_query.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int compare(const void *one, const void *other) {
  double a = *(const double *)one, b = *(const double *)other;
  return (a > b) - (a < b);
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  FILE *file = fopen(arguments[1], "rb");
  int rounds = atoi(arguments[2]);
  if (!file || rounds < 1 || fseek(file, 0, SEEK_END)) return 2;
  long size = ftell(file);
  rewind(file);
  char *text = malloc(size + 1);
  double *seconds = malloc(rounds * sizeof *seconds);
  if (!text || !seconds || fread(text, 1, size, file) != (size_t)size) return 2;
  text[size] = 0;
  for (int round = 0; round < rounds; round++) {
    struct timespec start, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    PgQueryProtobufParseResult result = pg_query_parse_protobuf(text);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    if (result.error) {
      fprintf(stderr, "%s at %d\n", result.error->message, result.error->cursorpos);
      return 1;
    }
    pg_query_free_protobuf_parse_result(result);
    seconds[round] = (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9;
  }
  qsort(seconds, rounds, sizeof *seconds, compare);
  printf("%.9f\n", seconds[rounds / 2]);
  return 0;
}
