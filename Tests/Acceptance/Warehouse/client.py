#!/usr/bin/env python3
"""A client for engines whose own is not installed: reads statements, writes rows as CSV without a header.

  client.py duckdb FILE | client.py clickhouse FOLDER | client.py spark FOLDER

Needs the engine's package from PyPI: duckdb, chdb or pyspark.
"""
import csv, os, sys

engine, place = sys.argv[1:3]
statements = [s.strip() for s in sys.stdin.read().split(";\n") if s.strip()]
out = csv.writer(sys.stdout, lineterminator="\n")


def text(value):
    """Nothing is an empty cell; a double in the fewest digits that read back as it."""
    if value is None: return None
    if isinstance(value, float): return repr(value)
    return str(value)


def write(rows):
    for row in rows:
        # The csv module quotes an empty text only among others, so that it is told from nothing here.
        cells = ["" if v is None else '"' + v.replace('"', '""') + '"' for v in map(text, row)]
        sys.stdout.write(",".join(cells) + "\n")


if engine == "duckdb":
    import duckdb
    connection = duckdb.connect(place)
    for statement in statements:
        rows = connection.execute(statement)
        if statement.startswith("SELECT"): write(rows.fetchall())
elif engine == "clickhouse":
    from chdb import session
    connection = session.Session(place)
    for statement in statements:
        answer = connection.query(statement, "CSV")
        if statement.startswith("SELECT"): sys.stdout.write(answer.bytes().decode())
elif engine == "spark":
    from pyspark.sql import SparkSession
    spark = (SparkSession.builder.master("local[2]").config("spark.sql.warehouse.dir", os.path.join(place, "tables"))
        .config("spark.sql.shuffle.partitions", "2").config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g").getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    for statement in statements:
        rows = spark.sql(statement)
        if statement.startswith("SELECT"): write(rows.collect())
else:
    raise SystemExit(f"no such engine: {engine}")
