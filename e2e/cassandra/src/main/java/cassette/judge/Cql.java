package cassette.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;

import org.apache.cassandra.cql3.CQLStatement;
import org.apache.cassandra.cql3.QueryOptions;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.cql3.statements.UseStatement;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.ConsistencyLevel;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.SchemaTransformation;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.service.ClientState;
import org.apache.cassandra.service.QueryState;
import org.apache.cassandra.transport.messages.ResultMessage;

/** Executes CQL inside this JVM, statement by statement; the text was cut into statements by the caller. */
final class Cql
{
    private ClientState client = ClientState.forInternalCalls();

    /** In an embedded node: one statement on the node's own storage, without a coordinator. */
    ResultMessage execute(String text) throws Exception
    {
        if (use(text)) return null;
        try
        {
            CQLStatement statement = QueryProcessor.parseStatement(text, client);
            statement.validate(client);
            return statement instanceof SchemaTransformation
                   ? JudgeClock.atSystemTime(() -> local(statement))
                   : local(statement);
        }
        catch (Exception | Error e)
        {
            throw new IllegalArgumentException(Failures.text(e) + " in: " + (text.length() > 200 ? text.substring(0, 200) + "…" : text), e);
        }
    }

    private ResultMessage local(CQLStatement statement)
    {
        QueryState state = new QueryState(client);
        return (ResultMessage) statement.executeLocally(state, QueryOptions.forInternalCallsWithNowInSec(state.getNowInSeconds(), ConsistencyLevel.ONE, List.of()));
    }

    private boolean use(String text)
    {
        if (!(QueryProcessor.parseStatement(text) instanceof UseStatement use)) return false;
        client = ClientState.forInternalCalls(use.keyspace());
        return true;
    }

    /** In an embedded node: the statements of a schema; the tables do not compact by themselves. */
    void schema(JsonNode statements) throws Exception
    {
        for (JsonNode text : statements) execute(text.asText());
        for (ColumnFamilyStore table : userTables()) table.disableAutoCompaction();
    }

    /** Offline: replaces the schema in memory. Every statement of a schema is itself a transformation of it. */
    static void offlineSchema(JsonNode statements) throws Exception
    {
        forgetKeyspaces();
        Cql cql = new Cql();
        for (JsonNode text : statements)
        {
            if (cql.use(text.asText())) continue;
            CQLStatement statement = QueryProcessor.parseStatement(text.asText(), cql.client);
            if (!(statement instanceof SchemaTransformation change)) throw new IllegalArgumentException("not a schema statement: " + text.asText());
            statement.validate(cql.client);
            Schema.instance.transform(change, true);
        }
    }

    private static void forgetKeyspaces() throws ReflectiveOperationException
    {
        for (String name : List.copyOf(Schema.instance.getUserKeyspaces()))
        {
            Schema.instance.transform(all -> all.without(name), true);
            // offline, an ALTER TABLE … DROP has opened a Keyspace that outlives its schema
            var remove = Schema.class.getDeclaredMethod("maybeRemoveKeyspaceInstance", String.class, Consumer.class);
            remove.setAccessible(true);
            remove.invoke(Schema.instance, name, (Consumer<Keyspace>) k -> { });
        }
    }

    static List<ColumnFamilyStore> userTables()
    {
        List<ColumnFamilyStore> tables = new ArrayList<>();
        for (String keyspace : Schema.instance.getUserKeyspaces())
            for (TableMetadata table : Schema.instance.getKeyspaceMetadata(keyspace).tables)
                tables.add(Keyspace.open(keyspace).getColumnFamilyStore(table.id));
        return tables;
    }

    static void dropKeyspaces() throws Exception
    {
        JudgeClock.run();
        for (String name : List.copyOf(Schema.instance.getUserKeyspaces()))
            new Cql().execute("DROP KEYSPACE " + quoted(name));
    }

    static String quoted(String name)
    {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
