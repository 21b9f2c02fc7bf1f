import { Alert, Button, Paper, Title } from "@mantine/core";
import type { SessionInfo } from "../../api/types";
import { t } from "../../texts";
import { PasswordForm } from "./PasswordForm";

/** A6.3: the first login changes the password; until then nothing else is possible. */
export default function ForcedPassword({ session, onChanged, onSignOut }: { session: SessionInfo; onChanged: () => void; onSignOut: () => void }) {
  return (
    <div className="sign-in">
      <main className="sign-in-main">
        <Paper withBorder shadow="sm" radius="lg" p="xl">
          <Title order={1} size="h3" mb="sm">
            {t("mustChangePassword")}
          </Title>
          <Alert color="yellow" mb="md">
            {t("mustChangePasswordHint", { name: session.displayName })}
          </Alert>
          <PasswordForm onChanged={onChanged} />
          <Button variant="subtle" mt="md" onClick={onSignOut}>
            {t("signOut")}
          </Button>
        </Paper>
      </main>
    </div>
  );
}
