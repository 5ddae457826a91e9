package cassette.judge;

/**
 * The SSTable versions that Cassandra 5.0 writes, and the two settings that choose between them. The version letters are
 * static finals of the server, so one JVM writes one of them.
 */
enum Format
{
    nb("CASSANDRA_4", "big"),
    oa("NONE", "big"),
    da("NONE", "bti");

    final String compatibilityMode;
    final String selectedFormat;

    Format(String compatibilityMode, String selectedFormat)
    {
        this.compatibilityMode = compatibilityMode;
        this.selectedFormat = selectedFormat;
    }
}
