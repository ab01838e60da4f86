#include "measure/report_table.h"

#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "support/cmocka.h"

static void fill(report_table *table)
{
    *table = (report_table){.columns = 3, .headings = {"name", "calls", ""}};
    swio_report_cell(table, "%s", "USER_BUSY");
    swio_report_cell(table, "%d", 5);
    swio_report_cell(table, "%s", "50.00 %");
    swio_report_cell(table, "%s", "größer|µs");
    swio_report_cell(table, "%d", 12345);
    swio_report_cell(table, "%s", "");
}

static void columns_are_aligned_by_characters(void **state)
{
    (void)state;
    report_table table;
    swio_buf out = {0};
    fill(&table);
    swio_report_table_end(&table, false, &out);
    assert_string_equal(out.data, "name       calls\n"
                                  "USER_BUSY      5  50.00 %\n"
                                  "größer|µs  12345\n");
    assert_int_equal(table.count, 0);
    swio_buf_free(&out);
}

static void more_columns_can_be_on_the_left(void **state)
{
    (void)state;
    swio_buf out = {0};
    report_table table = {.columns = 2, .left = 1, .headings = {"", ""}};
    swio_report_cell(&table, "Records:");
    swio_report_cell(&table, "out");
    swio_report_cell(&table, "Limit:");
    swio_report_cell(&table, "5 calls");
    swio_report_table_end(&table, false, &out);
    assert_string_equal(out.data, "Records:  out\nLimit:    5 calls\n");
    swio_buf_free(&out);
}

static void markdown_has_a_rule_and_keeps_bars(void **state)
{
    (void)state;
    report_table table;
    swio_buf out = {0};
    fill(&table);
    swio_report_table_end(&table, true, &out);
    assert_string_equal(out.data, "| name      | calls |         |\n"
                                  "| --- | ---: | ---: |\n"
                                  "| USER_BUSY |     5 | 50.00 % |\n"
                                  "| größer\\|µs | 12345 |         |\n");
    swio_buf_free(&out);
}

static void an_empty_table_is_nothing(void **state)
{
    (void)state;
    report_table table = {.columns = 2, .headings = {"a", "b"}};
    swio_buf out = {0};
    swio_report_table_end(&table, true, &out);
    assert_int_equal(out.len, 0);
}

static void missing_memory_shows_in_the_end(void **state)
{
    (void)state;
    report_table table;
    swio_buf out = {0};
    swio_mem_fail_after(0, false);
    fill(&table);
    swio_mem_fail_after(-1, false);
    swio_report_table_end(&table, false, &out);
    assert_int_equal(swio_buf_error(&out), SWIO_ENOMEM);
    swio_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned_by_characters),
        cmocka_unit_test(more_columns_can_be_on_the_left),
        cmocka_unit_test(markdown_has_a_rule_and_keeps_bars),
        cmocka_unit_test(an_empty_table_is_nothing),
        cmocka_unit_test(missing_memory_shows_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
