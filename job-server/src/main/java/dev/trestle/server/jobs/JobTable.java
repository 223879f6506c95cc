package dev.trestle.server.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.MetricResults;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.jspecify.annotations.Nullable;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The jobs on disk: a RocksDB of its own, in which what belongs together is written at once. Keys
 * are a letter for the kind, the job's id, and for messages a zero byte and their number in eight
 * bytes; values are JSON for the record, and Beam's protos for everything else.
 *
 * <p>Any thread may call. Closing waits for calls that are under way, and those that come later
 * fail.
 */
public final class JobTable implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final byte RECORD = 'j';
  private static final byte SUBMISSION = 'p';
  private static final byte OPTIONS = 'o';
  private static final byte METRICS = 'r';
  private static final byte MESSAGE = 'm';

  private static final long WRITE_BUFFER_BYTES = 4 << 20;
  private static final int OPEN_FILES = 64;

  private final Options options;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions buffered = new WriteOptions();
  private final RocksDB database;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  @GuardedBy("lock")
  private boolean closed;

  private JobTable(Options options, RocksDB database) {
    this.options = options;
    this.database = database;
  }

  /**
   * Opens a table, or makes one.
   *
   * @throws IOException if it cannot be read, or another process has it
   */
  public static JobTable open(Path directory) throws IOException {
    Files.createDirectories(directory);
    RocksDB.loadLibrary();
    Options options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setMaxOpenFiles(OPEN_FILES)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2);
    try {
      return new JobTable(options, RocksDB.open(options, directory.toString()));
    } catch (RocksDBException e) {
      options.close();
      throw new IOException("The job table at " + directory + ": " + e.getMessage(), e);
    }
  }

  /** What is written at once, so that after a crash all of it is there or nothing. */
  final class Change implements AutoCloseable {

    private final WriteBatch batch = new WriteBatch();

    private Change() {}

    Change record(JobRecord record) {
      try {
        return put(key(RECORD, record.id()), JSON.writeValueAsBytes(record));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("A record is plain data", e);
      }
    }

    Change submission(String job, PrepareJobRequest submission) {
      return put(key(SUBMISSION, job), submission.toByteArray())
          .put(key(OPTIONS, job), submission.getPipelineOptions().toByteArray());
    }

    Change metrics(String job, MetricResults metrics) {
      return put(key(METRICS, job), metrics.toByteArray());
    }

    Change message(String job, long number, JobMessagesResponse message) {
      return put(messageKey(job, number), message.toByteArray());
    }

    /** Deletes messages, the last number excluded. */
    Change deleteMessages(String job, long from, long to) {
      try {
        batch.deleteRange(messageKey(job, from), messageKey(job, to));
        return this;
      } catch (RocksDBException e) {
        throw new JobTableException(e);
      }
    }

    private Change put(byte[] key, byte[] value) {
      try {
        batch.put(key, value);
        return this;
      } catch (RocksDBException e) {
        throw new JobTableException(e);
      }
    }

    /**
     * Writes it, so that it survives the death of this process.
     *
     * @param durable whether it has to survive that of the machine, too
     */
    void write(boolean durable) {
      reading(() -> database.write(durable ? synced : buffered, batch));
    }

    @Override
    public void close() {
      batch.close();
    }
  }

  Change change() {
    return new Change();
  }

  /** All records, in the order of their ids. */
  List<JobRecord> records() {
    List<JobRecord> records = new ArrayList<>();
    scan(
        new byte[] {RECORD},
        new byte[] {RECORD + 1},
        Integer.MAX_VALUE,
        (key, value) -> records.add(record(value)));
    return records;
  }

  private static JobRecord record(byte[] value) {
    try {
      return JSON.readValue(value, JobRecord.class);
    } catch (IOException e) {
      throw new JobTableException("A job's record cannot be read", e);
    }
  }

  /** What a client has submitted, with the artifacts that have been staged since. */
  PrepareJobRequest submission(String job) {
    byte[] value = get(key(SUBMISSION, job));
    try {
      return PrepareJobRequest.parseFrom(value == null ? new byte[0] : value);
    } catch (InvalidProtocolBufferException e) {
      throw new JobTableException("The pipeline of " + job + " cannot be read", e);
    }
  }

  /** The options of a submission, without its pipeline. */
  Struct options(String job) {
    byte[] value = get(key(OPTIONS, job));
    try {
      return Struct.parseFrom(value == null ? new byte[0] : value);
    } catch (InvalidProtocolBufferException e) {
      throw new JobTableException("The options of " + job + " cannot be read", e);
    }
  }

  /** The metrics that a job ended with; none if there are none. */
  MetricResults metrics(String job) {
    byte[] value = get(key(METRICS, job));
    try {
      return MetricResults.parseFrom(value == null ? new byte[0] : value);
    } catch (InvalidProtocolBufferException e) {
      throw new JobTableException("The metrics of " + job + " cannot be read", e);
    }
  }

  /**
   * Messages by their numbers.
   *
   * @param from the first number, to {@code end}, which is excluded
   * @param most so many at most
   */
  List<JobMessagesResponse> messages(String job, long from, long end, int most) {
    List<JobMessagesResponse> messages = new ArrayList<>();
    scan(
        messageKey(job, from),
        messageKey(job, end),
        most,
        (key, value) -> messages.add(JobMessagesResponse.parseFrom(value)));
    return messages;
  }

  /**
   * Which messages there are.
   *
   * @param first its number
   * @param end the number after the last one's
   */
  record MessageNumbers(long first, long end) {}

  MessageNumbers messageNumbers(String job) {
    List<Long> ends = new ArrayList<>();
    byte[] limit = messageKey(job, Long.MAX_VALUE);
    scan(messageKey(job, 0), limit, 1, (key, value) -> ends.add(number(key)));
    if (ends.isEmpty()) {
      return new MessageNumbers(0, 0);
    }
    reading(
        () -> {
          try (ReadOptions read = new ReadOptions();
              RocksIterator iterator = database.newIterator(read)) {
            iterator.seekForPrev(limit);
            iterator.status();
            ends.add(number(iterator.key()) + 1);
          }
        });
    return new MessageNumbers(ends.get(0), ends.get(1));
  }

  private static long number(byte[] key) {
    return ByteBuffer.wrap(key, key.length - Long.BYTES, Long.BYTES).getLong();
  }

  /** Removes all that there is of a job. */
  void remove(String job) {
    try (Change change = new Change()) {
      for (byte kind : new byte[] {RECORD, SUBMISSION, OPTIONS, METRICS}) {
        change.batch.delete(key(kind, job));
      }
      change.deleteMessages(job, 0, Long.MAX_VALUE);
      change.write(true);
    } catch (RocksDBException e) {
      throw new JobTableException(e);
    }
  }

  private static byte[] key(byte kind, String job) {
    byte[] id = job.getBytes(UTF_8);
    return ByteBuffer.allocate(1 + id.length).put(kind).put(id).array();
  }

  private static byte[] messageKey(String job, long number) {
    byte[] id = job.getBytes(UTF_8);
    return ByteBuffer.allocate(1 + id.length + 1 + Long.BYTES)
        .put(MESSAGE)
        .put(id)
        .put((byte) 0)
        .putLong(number)
        .array();
  }

  private interface RowVisitor {
    void visit(byte[] key, byte[] value) throws InvalidProtocolBufferException;
  }

  private void scan(byte[] from, byte[] end, int most, RowVisitor visitor) {
    reading(
        () -> {
          try (Slice limit = new Slice(end);
              ReadOptions read = new ReadOptions().setIterateUpperBound(limit);
              RocksIterator iterator = database.newIterator(read)) {
            int left = most;
            for (iterator.seek(from); left > 0 && iterator.isValid(); iterator.next()) {
              visitor.visit(iterator.key(), iterator.value());
              left--;
            }
            iterator.status();
          } catch (InvalidProtocolBufferException e) {
            throw new JobTableException("The job table is damaged", e);
          }
        });
  }

  private byte @Nullable [] get(byte[] key) {
    List<byte[]> found = new ArrayList<>();
    reading(
        () -> {
          byte[] value = database.get(key);
          if (value != null) {
            found.add(value);
          }
        });
    return found.isEmpty() ? null : found.get(0);
  }

  private interface Access {
    void run() throws RocksDBException;
  }

  /** Does something while the table cannot be closed. */
  private void reading(Access access) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new JobTableException("The server is ending");
      }
      access.run();
    } catch (RocksDBException e) {
      throw new JobTableException(e);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        database.close();
        options.close();
        synced.close();
        buffered.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
