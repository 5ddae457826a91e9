package cassette.judge;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Entry point. The first argument is the mode, for a JVM can bring Cassandra up in one way only:
 * <ul>
 * <li>{@code offline FORMAT}: as Cassandra's own sstable tools do; answers verify, dump, metadata. FORMAT nb reads nb and da, oa reads
 * all three but calls nb outdated, as a server of those modes does</li>
 * <li>{@code embedded FORMAT}: a storage engine without network; answers generate, rows, choose, session</li>
 * <li>{@code daemon STORAGE FORMAT NATIVE_PORT STORAGE_PORT JMX_PORT [ADDRESS SEEDS TOKENS UUIDS]}: a real CassandraDaemon, on 127.0.0.1 and
 * alone, or one of a cluster</li>
 * <li>{@code warm}: uses all of it once, so that a class data sharing archive can be recorded</li>
 * </ul>
 * offline and embedded speak JSON lines: a request {@code {"op": …, …}} a line on stdin, an answer
 * {@code {"result": …}} or {@code {"error": text}} a line on stdout. Every mode ends when stdin ends,
 * so no JVM outlives the process that started it.
 */
public final class Main
{
    static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args)
    {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        System.setOut(System.err);      // a library that prints must not disturb the protocol
        int status = 0;
        try
        {
            switch (args.length == 0 ? "" : args[0])
            {
                case "offline" -> {
                    Boot.offline(Format.valueOf(args[1]));
                    serve(out, Main::offline);
                }
                case "embedded" -> {
                    Boot.embedded(Format.valueOf(args[1]));
                    serve(out, Main::embedded);
                }
                case "daemon" -> Daemon.run(args, out);
                case "warm" -> Warm.run();
                default -> throw new IllegalArgumentException("mode: offline | embedded FORMAT | daemon … | warm");
            }
        }
        catch (Throwable e)
        {
            System.err.println("judge: " + Failures.text(e));
            e.printStackTrace();
            status = 70;
        }
        out.flush();
        Boot.end(status);
    }

    private interface Operation
    {
        JsonNode answer(String op, JsonNode request) throws Exception;
    }

    private static JsonNode offline(String op, JsonNode q) throws Exception
    {
        return switch (op)
        {
            case "verify" -> Verify.directory(q);
            case "dump" -> Dump.directory(q);
            case "metadata" -> Metadata.directory(q);
            default -> throw new IllegalArgumentException("unknown operation " + op);
        };
    }

    private static JsonNode embedded(String op, JsonNode q) throws Exception
    {
        return switch (op)
        {
            case "generate" -> Generate.run(q);
            case "rows" -> ImportedRows.run(q);
            case "choose" -> Choose.run(q);
            case "session" -> Session.run(q);
            default -> throw new IllegalArgumentException("unknown operation " + op);
        };
    }

    private static void serve(PrintStream out, Operation operation) throws Exception
    {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        out.println("{\"ready\":true}");
        out.flush();
        for (String line; (line = in.readLine()) != null; )
        {
            ObjectNode answer = JSON.createObjectNode();
            try
            {
                JsonNode request = JSON.readTree(line);
                answer.set("result", operation.answer(request.get("op").asText(), request));
            }
            catch (Throwable e)
            {
                answer.put("error", Failures.text(e));
            }
            out.println(answer);
            out.flush();
        }
    }

    private Main() {}
}
