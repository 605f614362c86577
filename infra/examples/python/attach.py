"""Prints the refined documents of a pipeline as JSON lines, as `millrace attach` does.

    pip install confluent-kafka fastavro
    python attach.py localhost:9092 corpus --group trainer
    python attach.py localhost:9092 corpus --group trainer --refresh 2026-11

What is printed is noted for the group behind the printing: whoever stops between the two gets the last batch once more.
A consumer that writes to Kafka itself sends the offsets in its transaction instead (Producer.send_offsets_to_transaction).
"""

import argparse
import io
import json
import pathlib
import struct
import sys

import fastavro
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

SCHEMA_ID = 1001  # of the bundled schema; behind a registry, ask that for the id in front of the record
SCHEMA = fastavro.schema.load_schema(pathlib.Path(__file__).parents[3] / "schemas" / "document.avsc")
BATCH = 500
PATIENCE = 10.0


def decode(value: bytes) -> dict:
    """A document: a zero byte, the schema's id in four bytes, Avro."""
    magic, schema_id = struct.unpack(">bI", value[:5])
    if magic != 0 or schema_id != SCHEMA_ID:
        raise ValueError(f"schema {schema_id} is not the bundled one")
    return fastavro.schemaless_reader(io.BytesIO(value[5:]), SCHEMA)


def sample(document: dict) -> dict:
    """The sample's own fields, its text back in its place."""
    exact = document["text_utf16"]
    text = document["text"] if exact is None else exact.decode("utf-16-be", "surrogatepass")
    fields, at = document["fields"].encode(), document["text_at"]
    whole = fields if at < 0 else fields[:at] + json.dumps(text).encode() + fields[at + 4 :]
    return {key: value for key, value in json.loads(whole).items() if not key.startswith("__dj__")}


def messages(consumer: Consumer):
    """What has come, by partition; the end of a partition is None."""
    for message in consumer.consume(BATCH, timeout=1.0):
        error = message.error()
        if error is None:
            yield message.partition(), message
        elif error.code() == KafkaError._PARTITION_EOF:
            yield message.partition(), None
        else:
            raise KafkaException(error)


def assigned(consumer: Consumer, topic: str) -> list[int]:
    return sorted(consumer.list_topics(topic, PATIENCE).topics[topic].partitions)


def refresh(brokers: str, pipeline: str, name: str) -> dict:
    """What the topic of refreshes says of a name: the last record counts."""
    topic = f"{pipeline}.refreshes"
    consumer = Consumer(settings(brokers, f"{pipeline}.looking"))
    found, open_partitions = None, set(assigned(consumer, topic))
    consumer.assign([TopicPartition(topic, partition, 0) for partition in open_partitions])
    while open_partitions:
        for partition, message in messages(consumer):
            if message is None:
                open_partitions.discard(partition)
            elif message.key() == name.encode():
                found = message.value() and json.loads(message.value())
    consumer.close()
    if not found or found["state"] != "done":
        raise SystemExit(f"The pipeline {pipeline} has no refresh {name} that is done.")
    return found["manifest"]


def settings(brokers: str, group: str) -> dict:
    return {
        "bootstrap.servers": brokers,
        "group.id": group,
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
    }


def deliver(lines: list[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def follow(consumer: Consumer, topic: str, limit: int | None) -> None:
    """Shares the topic with the other members of the group, until it is interrupted or has had enough."""
    consumer.subscribe([topic])
    left = limit
    while left is None or left > 0:
        batch = [message for _, message in messages(consumer) if message is not None]
        batch = batch if left is None else batch[:left]
        deliver([json.dumps(sample(decode(message.value())), ensure_ascii=False) for message in batch])
        left = left if left is None else left - len(batch)
        if batch:
            reached = {message.partition(): message.offset() + 1 for message in batch}
            consumer.commit(offsets=[TopicPartition(topic, *place) for place in reached.items()], asynchronous=False)


def read_piece(consumer: Consumer, piece: dict) -> None:
    """Reads a piece of the topic alone, from where the group stopped, and ends behind it."""
    topic, ends = piece["topic"], dict(enumerate(piece["to"]))
    places = [TopicPartition(topic, partition) for partition in ends]
    starts = {place.partition: max(place.offset, piece["from"][place.partition]) for place in consumer.committed(places, PATIENCE)}
    open_partitions = {partition for partition, start in starts.items() if start < ends[partition]}
    consumer.assign([TopicPartition(topic, partition, starts[partition]) for partition in open_partitions])
    while open_partitions:
        lines, reached = [], {}
        for partition, message in messages(consumer):
            # What lies behind the last document and before the end are marks of transactions.
            if message is None or message.offset() >= ends[partition]:
                open_partitions.discard(partition)
                reached[partition] = ends[partition]
            elif partition in open_partitions:
                lines.append(json.dumps(sample(decode(message.value())), ensure_ascii=False))
                reached[partition] = message.offset() + 1
        deliver(lines)
        if reached:
            consumer.commit(offsets=[TopicPartition(topic, *place) for place in reached.items()], asynchronous=False)


def main() -> None:
    parser = argparse.ArgumentParser(description="Prints the refined documents of a pipeline as JSON lines.")
    parser.add_argument("brokers")
    parser.add_argument("pipeline")
    parser.add_argument("--group", required=True)
    parser.add_argument("--refresh")
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    # Half of a surrogate pair, which UTF-8 cannot carry, is written as JSON escapes it.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    consumer = Consumer(settings(arguments.brokers, arguments.group))
    try:
        if arguments.refresh:
            manifest = refresh(arguments.brokers, arguments.pipeline, arguments.refresh)
            read_piece(consumer, manifest["offsets"]["refined"])
        else:
            follow(consumer, f"{arguments.pipeline}.refined", arguments.limit)
    except KeyboardInterrupt:
        pass
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
