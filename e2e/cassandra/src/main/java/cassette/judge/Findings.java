package cassette.judge;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What the checks of one SSTable found. An error is wrong data, or data that a read could miss; a warning is something that
 * Cassandra would not have written but lives with. Both are cut at 20: a damaged file can give one a row.
 */
final class Findings
{
    private static final int MOST = 20;

    private final List<String> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> passed = new ArrayList<>();

    interface Check
    {
        void run() throws Throwable;
    }

    /** Runs a check; what it throws is an error under its name, and the checks after it still run. True if it found no error. */
    boolean check(String name, Check check)
    {
        int before = errors.size();
        try
        {
            check.run();
        }
        catch (Throwable e)
        {
            error(name + ": " + Failures.text(e));
        }
        boolean good = errors.size() == before;
        if (good) passed.add(name);
        return good;
    }

    void error(String text)
    {
        if (errors.size() < MOST) errors.add(text);
    }

    void warn(String text)
    {
        if (warnings.size() < MOST) warnings.add(text);
    }

    void writeTo(ObjectNode answer)
    {
        answer.put("ok", errors.isEmpty());
        list(answer.putArray("errors"), errors);
        list(answer.putArray("warnings"), warnings);
        list(answer.putArray("checks"), passed);
    }

    private static void list(ArrayNode node, List<String> texts)
    {
        texts.forEach(node::add);
    }
}
