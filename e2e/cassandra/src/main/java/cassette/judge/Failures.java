package cassette.judge;

import java.util.ArrayList;
import java.util.List;

/** A throwable and what caused it, told in one line: what a refused SSTable is reported with. */
final class Failures
{
    static String text(Throwable thrown)
    {
        List<String> parts = new ArrayList<>();
        for (Throwable t = thrown; t != null && parts.size() < 6; t = t.getCause())
        {
            String part = t.getClass().getSimpleName() + (t.getMessage() == null ? "" : ": " + t.getMessage());
            // wrappers repeat the message of what they wrap
            if (parts.isEmpty() || !parts.get(parts.size() - 1).contains(part)) parts.add(part);
        }
        return String.join("; caused by ", parts);
    }

    private Failures() {}
}
