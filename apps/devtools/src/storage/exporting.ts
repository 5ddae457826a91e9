import { signal } from '@preact/signals';

/** Whether the dialog of exports is open, and which earlier one it goes on from. */
export const exporting = signal<{ readonly since: string | null } | null>(null);
