import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints the refined documents of a pipeline as JSON lines, as `millrace attach` does.
 *
 * <pre>
 * mvn dependency:copy-dependencies -DoutputDirectory=jars
 * java -cp 'jars/*' Attach.java ../../../schemas/document.avsc localhost:9092 corpus trainer [REFRESH]
 * </pre>
 *
 * What is printed is noted for the group behind the printing: whoever stops between the two gets the last batch once more. A
 * consumer that writes to Kafka itself sends the offsets in its transaction instead (sendOffsetsToTransaction).
 */
public class Attach {
  /** Of the bundled schema; behind a registry, ask that for the id in front of the record. */
  private static final int SCHEMA_ID = 1001;

  private static final Duration WAIT = Duration.ofSeconds(1);

  /** Numbers as exact as they came; escapes, since UTF-8 cannot carry half of a surrogate pair. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private final GenericDatumReader<GenericRecord> reader;
  private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);

  private Attach(File schema) throws IOException {
    reader = new GenericDatumReader<>(new Schema.Parser().parse(schema));
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 4) {
      System.err.println("Attach SCHEMA BROKERS PIPELINE GROUP [REFRESH]");
      System.exit(2);
    }
    Attach attach = new Attach(new File(arguments[0]));
    String pipeline = arguments[2];
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(arguments[1], arguments[3])) {
      if (arguments.length == 4) attach.follow(consumer, pipeline + ".refined");
      else attach.readPiece(consumer, refresh(consumer, pipeline, arguments[4]));
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String brokers, String group) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("group.id", group);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Shares the topic with the other members of the group, until it is ended. */
  private void follow(KafkaConsumer<byte[], byte[]> consumer, String topic) throws IOException {
    consumer.subscribe(List.of(topic));
    while (true) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(WAIT)) print(record.value());
      out.flush();
      consumer.commitSync();
    }
  }

  /** Reads a piece of the topic alone, from where the group stopped, and ends behind it. */
  private void readPiece(KafkaConsumer<byte[], byte[]> consumer, JsonNode piece) throws IOException {
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (int partition = 0; partition < piece.get("to").size(); partition++)
      ends.put(new TopicPartition(piece.get("topic").asText(), partition), piece.get("to").get(partition).asLong());
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(ends.keySet());
    consumer.assign(ends.keySet());
    for (TopicPartition partition : ends.keySet()) {
      long from = piece.get("from").get(partition.partition()).asLong();
      OffsetAndMetadata stopped = committed.get(partition);
      consumer.seek(partition, stopped == null ? from : Math.max(from, stopped.offset()));
    }
    while (true) {
      Map<TopicPartition, OffsetAndMetadata> reached = new HashMap<>();
      // The position passes by the marks of transactions, too.
      for (TopicPartition partition : List.copyOf(consumer.assignment()))
        if (consumer.position(partition) >= ends.get(partition)) consumer.pause(List.of(partition));
      if (consumer.paused().size() == ends.size()) return;
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(WAIT)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.get(partition)) print(record.value());
      }
      out.flush();
      for (TopicPartition partition : ends.keySet())
        reached.put(partition, new OffsetAndMetadata(Math.min(consumer.position(partition), ends.get(partition))));
      consumer.commitSync(reached);
    }
  }

  /** The piece of the refined topic that is a refresh: of what the topic of refreshes says of a name the last counts. */
  private static JsonNode refresh(KafkaConsumer<byte[], byte[]> consumer, String pipeline, String name)
      throws IOException {
    TopicPartition partition = new TopicPartition(pipeline + ".refreshes", 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    long end = consumer.endOffsets(List.of(partition)).get(partition);
    byte[] found = null;
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(WAIT))
        if (name.equals(new String(record.key(), StandardCharsets.UTF_8))) found = record.value();
    }
    JsonNode record = found == null ? null : JSON.readTree(found);
    if (record == null || !record.get("state").asText().equals("done"))
      throw new IllegalArgumentException("The pipeline " + pipeline + " has no refresh " + name + " that is done.");
    return record.get("manifest").get("offsets").get("refined");
  }

  private void print(byte[] value) throws IOException {
    out.println(sample(decode(value)));
  }

  /** A document: a zero byte, the schema's id in four bytes, Avro. */
  private GenericRecord decode(byte[] value) throws IOException {
    ByteBuffer head = ByteBuffer.wrap(value);
    if (head.get() != 0 || head.getInt() != SCHEMA_ID) throw new IOException("The schema is not the bundled one.");
    return reader.read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
  }

  /** The sample's own fields as JSON, its text back in its place. */
  private static String sample(GenericRecord document) throws IOException {
    byte[] fields = document.get("fields").toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer exact = (ByteBuffer) document.get("text_utf16");
    String text = exact == null ? document.get("text").toString() : exact.asCharBuffer().toString();
    int at = (Integer) document.get("text_at");
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(fields, 0, at < 0 ? fields.length : at);
    if (at >= 0) {
      whole.write(JSON.writeValueAsString(TextNode.valueOf(text)).getBytes(StandardCharsets.US_ASCII));
      whole.write(fields, at + 4, fields.length - at - 4);
    }
    ObjectNode sample = (ObjectNode) JSON.readTree(whole.toByteArray());
    sample.properties().removeIf(member -> member.getKey().startsWith("__dj__"));
    return JSON.writeValueAsString(sample);
  }
}
