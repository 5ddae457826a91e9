package cassette.judge;

import org.apache.cassandra.service.ClientState;
import org.apache.cassandra.utils.Clock;

/**
 * Cassandra's clock in an embedded node: the system's until it is told to stand still at a second. Then local deletion times, TTL
 * expiry, purging and default timestamps are the same in every run.
 */
public final class JudgeClock implements Clock
{
    private static volatile Long standingMillis;

    static void standAt(long epochSeconds)
    {
        standingMillis = epochSeconds * 1000;
        // statements without USING TIMESTAMP count up from this second, also when the clock was set back
        ClientState.resetLastTimestamp(standingMillis);
    }

    static void run()
    {
        standingMillis = null;
    }

    interface Action<T>
    {
        T run() throws Exception;
    }

    /** Runs at the system's time: schema changes carry timestamps too, and one made in the past would lose. */
    static <T> T atSystemTime(Action<T> action) throws Exception
    {
        Long was = standingMillis;
        standingMillis = null;
        try
        {
            return action.run();
        }
        finally
        {
            standingMillis = was;
            if (was != null) ClientState.resetLastTimestamp(was);
        }
    }

    @Override
    public long nanoTime()
    {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis()
    {
        Long standing = standingMillis;
        return standing == null ? System.currentTimeMillis() : standing;
    }
}
