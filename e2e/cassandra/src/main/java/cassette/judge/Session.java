package cassette.judge;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.apache.cassandra.cql3.CQLStatement;
import org.apache.cassandra.cql3.ColumnSpecification;
import org.apache.cassandra.cql3.QueryOptions;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.ConsistencyLevel;
import org.apache.cassandra.exceptions.InvalidRequestException;
import org.apache.cassandra.exceptions.TransportException;
import org.apache.cassandra.schema.SchemaTransformation;
import org.apache.cassandra.service.ClientState;
import org.apache.cassandra.service.QueryState;
import org.apache.cassandra.service.pager.PagingState;
import org.apache.cassandra.transport.ProtocolVersion;
import org.apache.cassandra.transport.messages.ResultMessage;
import org.apache.cassandra.utils.ByteBufferUtil;

/**
 * {@code session}: what an embedded node answers a client, statement by statement, errors included; keyspaces that the steps made are
 * dropped after the last one. Schema changes happen at the standing clock too, so that a dropped column's time is the script's.
 * Request: {steps: [{cql, values: [hex | null | false for unset], page: rows, first: only the first page, timestamp: micros as text}
 * | {next: true} | {clock: seconds} | {flush: table or ""} | {compact: table or ""}]}.
 * Answer, one a step: {columns: [[name, type]], rows: [[hex | null]], pages: [rows]} | {error: {code, name, message}} | {}.
 */
final class Session
{
    private static final ProtocolVersion PROTOCOL = ProtocolVersion.CURRENT;

    private final ClientState client = ClientState.forExternalCalls(new InetSocketAddress("127.0.0.1", 9042));
    /** The SELECT that was read with {@code first}, and where its next page begins; null once there is none. */
    private JsonNode open;
    private PagingState openPosition;

    static JsonNode run(JsonNode q) throws Exception
    {
        ArrayNode answers = Main.JSON.createArrayNode();
        try
        {
            Session session = new Session();
            for (JsonNode step : q.get("steps")) answers.add(session.step(step));
        }
        finally
        {
            Cql.dropKeyspaces();
        }
        return answers;
    }

    private ObjectNode step(JsonNode step)
    {
        ObjectNode answer = Main.JSON.createObjectNode();
        try
        {
            if (step.has("clock")) JudgeClock.standAt(step.get("clock").asLong());
            else if (step.has("flush")) for (ColumnFamilyStore table : named(step.get("flush").asText())) flush(table);
            else if (step.has("compact")) for (ColumnFamilyStore table : named(step.get("compact").asText())) compact(table);
            else if (step.has("next")) next(answer);
            else execute(step, answer);
        }
        catch (Exception | Error e)
        {
            answer.removeAll();
            error(e, answer.putObject("error"));
        }
        return answer;
    }

    private static void compact(ColumnFamilyStore table)
    {
        flush(table);
        table.forceMajorCompaction();
    }

    private static List<ColumnFamilyStore> named(String name)
    {
        return Cql.userTables().stream().filter(t -> name.isEmpty() || name.equals(t.name)).toList();
    }

    private static void flush(ColumnFamilyStore table)
    {
        table.forceBlockingFlush(ColumnFamilyStore.FlushReason.USER_FORCED);
    }

    private void execute(JsonNode step, ObjectNode answer)
    {
        PagingState position = page(step, null, answer);
        if (step.path("first").asBoolean())
        {
            open = step;
            openPosition = position;
        }
        else while (position != null) position = page(step, position, answer);
    }

    /** After the last page there is nothing, which is no error; whether the last one is empty is not told. */
    private void next(ObjectNode answer)
    {
        if (openPosition == null) return;
        PagingState from = openPosition;
        openPosition = null;
        openPosition = page(open, from, answer);
        if (answer.path("rows").isEmpty()) answer.removeAll();
    }

    /** One page, from there on; returns where the next one begins. */
    private PagingState page(JsonNode step, PagingState from, ObjectNode answer)
    {
        CQLStatement statement = QueryProcessor.getStatement(step.get("cql").asText(), client);
        QueryOptions options = options(step, statement.getBindVariables(), from);
        statement.authorize(client);
        statement.validate(client);
        ResultMessage result = (ResultMessage) statement.executeLocally(new QueryState(client), options);
        if (statement instanceof SchemaTransformation)
            for (ColumnFamilyStore table : Cql.userTables()) table.disableAutoCompaction();
        return result instanceof ResultMessage.Rows rows ? rows(rows, answer) : null;
    }

    private QueryOptions options(JsonNode step, List<ColumnSpecification> variables, PagingState from)
    {
        List<ByteBuffer> values = new ArrayList<>();
        for (JsonNode value : step.path("values"))
            values.add(value.isNull() ? null : value.isBoolean() ? ByteBufferUtil.UNSET_BYTE_BUFFER : ByteBufferUtil.hexToBytes(value.asText()));
        if (values.size() != variables.size())
            throw new InvalidRequestException("there were " + variables.size() + " markers but " + values.size() + " bound variables");
        // the least long is none, for both times
        long timestamp = step.has("timestamp") ? Long.parseLong(step.get("timestamp").asText()) : Long.MIN_VALUE;
        QueryOptions options = QueryOptions.create(ConsistencyLevel.ONE, values, false, step.path("page").asInt(-1), from,
                                                   ConsistencyLevel.SERIAL, PROTOCOL, null, timestamp, Long.MIN_VALUE);
        options.prepare(variables);
        return options;
    }

    private static PagingState rows(ResultMessage.Rows message, ObjectNode answer)
    {
        ArrayNode columns = answer.putArray("columns");
        for (ColumnSpecification column : message.result.metadata.requestNames())
            columns.addArray().add(column.name.toString()).add(column.type.asCQL3Type().toString());
        ArrayNode rows = answer.withArray("rows");
        for (List<ByteBuffer> values : message.result.rows)
        {
            ArrayNode row = rows.addArray();
            // past the requested ones are those that only the order needs
            for (ByteBuffer value : values.subList(0, columns.size())) row.add(value == null ? null : ByteBufferUtil.bytesToHex(value));
        }
        answer.withArray("pages").add(message.result.rows.size());
        return message.result.metadata.getPagingState();
    }

    private static void error(Throwable thrown, ObjectNode error)
    {
        // as the server does: what is no exception of the protocol is the server's own failure
        int code = thrown instanceof TransportException known ? known.code().value : 0;
        error.put("code", code).put("name", thrown.getClass().getSimpleName()).put("message", Failures.text(thrown));
    }
}
