import { Kbd, Modal, Table } from "@mantine/core";
import { t, type TextKey } from "../texts";

const list: [string[], TextKey][] = [
  [["j", "k"], "keyNextPrevious"],
  [["Enter", "o"], "keyOpen"],
  [["u"], "keyBack"],
  [["x"], "keySelect"],
  [["c"], "keyCompose"],
  [["r", "a", "f"], "keyReply"],
  [["e"], "keyArchive"],
  [["#"], "keyDelete"],
  [["!"], "keySpam"],
  [["s"], "keyStar"],
  [["v"], "keyMove"],
  [["I", "U"], "keyRead"],
  [["z"], "keyUndo"],
  [["/"], "keySearch"],
  [["g i", "g d", "g t"], "keyGo"],
  [["Ctrl Enter"], "keySend"],
  [["?"], "keyHelp"],
];

export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={t("shortcuts")} closeButtonProps={{ "aria-label": t("close") }}>
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {list.map(([keys, text]) => (
            <Table.Tr key={text}>
              <Table.Td w={130}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{t(text)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
