package dev.trestle.state.rocks;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.IndexType;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.WriteOptions;

/**
 * How a database is opened; docs/state.md says why so. Public for measurements beside a bare
 * RocksDB. Holds native memory until closed.
 */
public final class RocksOptions implements AutoCloseable {

  private static final double BITS_PER_KEY = 10;
  private static final long BLOCK_BYTES = 4 << 10;
  private static final double MEMTABLE_BLOOM = 0.05;
  private static final int OPEN_FILES = -1;
  private static final int FORMAT = 6;

  private final BloomFilter bloom = new BloomFilter(BITS_PER_KEY);
  private final Options options = new Options();
  private final WriteOptions writes = new WriteOptions().setDisableWAL(true);
  private final ReadOptions reads = new ReadOptions();

  public RocksOptions(RocksResources shared) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(shared.blockCache())
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setIndexType(IndexType.kTwoLevelIndexSearch)
            .setPartitionFilters(true)
            .setMetadataBlockSize(BLOCK_BYTES)
            .setPinTopLevelIndexAndFilter(true)
            .setFilterPolicy(bloom)
            .setWholeKeyFiltering(true)
            .setOptimizeFiltersForMemory(true)
            .setBlockSize(BLOCK_BYTES)
            .setFormatVersion(FORMAT);
    long buffer = Math.max(1 << 20, Math.min(64L << 20, shared.memory().writeBufferBytes() / 2));
    options
        .setCreateIfMissing(true)
        .setEnv(shared.env())
        .setTableFormatConfig(table)
        .setWriteBufferManager(shared.writeBuffers())
        .setWriteBufferSize(buffer)
        .setMaxWriteBufferNumber(3)
        .setMemtableWholeKeyFiltering(true)
        .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM)
        .setLevelCompactionDynamicLevelBytes(true)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setMaxBackgroundJobs(shared.threads() + 1)
        .setMaxOpenFiles(OPEN_FILES)
        .setAvoidFlushDuringShutdown(true)
        .setKeepLogFileNum(1)
        .setMaxLogFileSize(1 << 20)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  public Options options() {
    return options;
  }

  public WriteOptions writes() {
    return writes;
  }

  public ReadOptions reads() {
    return reads;
  }

  @Override
  public void close() {
    reads.close();
    writes.close();
    options.close();
    bloom.close();
  }
}
